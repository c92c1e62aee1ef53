package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"
)

// Ship is one line of the board.
type Ship struct {
	Name  string
	Berth int
}

//go:embed board.html
var page string

// routes serves the board itself, its health and the fixed pages.
func routes(api, pages string) http.Handler {
	board := template.Must(template.New("board").Parse(page))
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServer(http.Dir(pages)))
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintln(w, `{"status":"UP"}`)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		ships, err := ask(r.Context(), api+"/ships")
		if err != nil {
			slog.Error("asking api", "error", err)
			http.Error(w, "the harbour office does not answer", http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := board.Execute(w, ships); err != nil {
			slog.Error("writing the board", "error", err)
		}
	})
	return mux
}

// ask fetches the ships; api has two seconds to answer.
func ask(ctx context.Context, url string) ([]Ship, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", url, response.Status)
	}
	var found struct{ Ships []Ship }
	if err := json.NewDecoder(response.Body).Decode(&found); err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", url, err)
	}
	return found.Ships, nil
}
