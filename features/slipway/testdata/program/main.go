// Command program is what the images of these features hold: a small server
// that does as it is told by its first argument and its environment, so that
// one file compiled once can play every part.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		log.Fatal("say what to do: serve, ask, linger, greet, die")
	}
	switch os.Args[1] {
	case "serve":
		time.Sleep(seconds("DELAY"))
		serve()
	case "linger":
		time.Sleep(2 * time.Second)
		fmt.Println("lingered")
	case "greet":
		fmt.Println("good day")
	case "ask":
		ask()
	case "die":
		log.Fatal("no database to be found")
	default:
		log.Fatalf("cannot %s", os.Args[1])
	}
}

// seconds reads a time in seconds from the environment; none when it is not set.
func seconds(name string) time.Duration {
	n, _ := strconv.Atoi(os.Getenv(name))
	return time.Duration(n) * time.Second
}

// serve answers every path, until it is killed.
func serve() {
	status, err := strconv.Atoi(os.Getenv("STATUS"))
	if err != nil {
		status = http.StatusOK
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprintln(w, "good day")
	})
	log.Print("ready")
	server := http.Server{Addr: ":8080", ReadHeaderTimeout: time.Minute}
	log.Fatal(server.ListenAndServe())
}

// ask is the health check of serve.
func ask() {
	answer, err := http.Get("http://127.0.0.1:8080/")
	if err != nil {
		log.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		log.Fatal(answer.Status)
	}
}
