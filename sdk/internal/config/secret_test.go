package config

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSecrets(t *testing.T) {
	type login struct {
		User  string  `json:"user"`
		Token *string `json:"token" secret:"true"`
		Empty string  `secret:"true"`
	}
	var config struct {
		login

		Message string            `json:"message"`
		Keys    []string          `json:"keys" secret:"true"`
		Env     map[string]string `json:"env" secret:"true"`
		Logins  []login           `json:"logins"`
		Sealed  struct {
			Note any
			Age  int
		} `secret:"true"`
	}
	token, other := "token", "other"
	config.Message, config.User, config.Token, config.Keys = "hello", "me", &token, []string{"key 1", "key 2"}
	config.Env, config.Logins = map[string]string{"A": "env"}, []login{{User: "you", Token: &other}, {}}
	config.Sealed.Note = "note"
	got := Secrets(config)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"env", "key 1", "key 2", "note", "other", "token"}, got); diff != "" {
		t.Error(diff)
	}
}
