// Command api answers which ships lie at which berth.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Ship is one line of the board.
type Ship struct {
	Name  string `json:"name"`
	Berth int    `json:"berth"`
}

var ships = []Ship{{"Aurora", 1}, {"Borealis", 2}, {"Corona", 4}}

func main() {
	listen := flag.String("listen", ":8080", "address to listen on")
	check := flag.String("check", "", "ask this URL, and end with 0 when it answers 200")
	flag.Parse()
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	run := func(ctx context.Context) error { return serve(ctx, *listen) }
	if *check != "" {
		run = func(ctx context.Context) error { return probe(ctx, *check) }
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		slog.Error(err.Error())
		os.Exit(1)
	}
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]string{"status": "UP"})
	})
	mux.HandleFunc("GET /ships", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string][]Ship{"ships": ships})
	})
	return mux
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		slog.Error("answering", "error", err)
	}
}

// serve answers until ctx ends, and lets requests under way finish.
func serve(ctx context.Context, address string) error {
	server := &http.Server{Addr: address, Handler: routes(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(grace)
	}()
	slog.Info("listening", "address", address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	slog.Info("stopped")
	return nil
}

// probe is the health check of an image that holds no other program.
func probe(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(url + " answered " + response.Status)
	}
	return nil
}
