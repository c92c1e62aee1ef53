package vars

import (
	"fmt"
	"text/template"
	"time"

	"github.com/slipway-build/slipway/sdk/diag"
)

// A clock stands still at now, so that all images of a run agree. Times are
// those of UTC unless a zone is named: a template answers the same in every
// zone.
type clock struct{ now time.Time }

func (c clock) functions() template.FuncMap {
	return template.FuncMap{
		"now":            func() time.Time { return c.now.UTC() },
		"ago":            c.ago,
		"date":           func(layout string, t any) (string, error) { return inZone(layout, t, "UTC") },
		"htmlDate":       func(t any) (string, error) { return inZone(time.DateOnly, t, "UTC") },
		"dateInZone":     inZone,
		"date_in_zone":   inZone,
		"htmlDateInZone": func(t any, zone string) (string, error) { return inZone(time.DateOnly, t, zone) },
		"toDate":         toDate,
		"mustToDate":     toDate,
		"durationRound":  c.round,
	}
}

// ago is how long before now t was.
func (c clock) ago(t any) (string, error) {
	at, err := timeOf(t)
	return c.now.Sub(at).Round(time.Second).String(), err
}

// round is a duration, or the time since t, in its largest unit.
func (c clock) round(t any) (string, error) {
	switch v := t.(type) {
	case time.Duration:
		return largest(v), nil
	case string:
		d, err := time.ParseDuration(v)
		return largest(d), err
	default:
		at, err := timeOf(t)
		return largest(c.now.Sub(at)), err
	}
}

func largest(d time.Duration) string {
	const day = 24 * time.Hour
	d = d.Abs()
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{365 * day, "y"}, {30 * day, "mo"}, {day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d >= unit.size {
			return fmt.Sprintf("%d%s", d/unit.size, unit.name)
		}
	}
	return "0s"
}

func inZone(layout string, t any, zone string) (string, error) {
	at, err := timeOf(t)
	if err != nil {
		return "", err
	}
	place, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return "", diag.Errorf("template", diag.Pos{}, "there is no time zone %q", zone).WithFix(`name one such as "Europe/Vienna", or "UTC"`)
	}
	return at.In(place).Format(layout), nil
}

func toDate(layout, text string) (time.Time, error) {
	return time.ParseInLocation(layout, text, time.UTC)
}

// timeOf reads a time, or seconds since 1970.
func timeOf(t any) (time.Time, error) {
	switch v := t.(type) {
	case time.Time:
		return v, nil
	case int:
		return time.Unix(int64(v), 0), nil
	case int64:
		return time.Unix(v, 0), nil
	case float64:
		return time.Unix(int64(v), 0), nil
	default:
		return time.Time{}, diag.Errorf("template", diag.Pos{}, "want a time, found %s", describe(t)).
			WithFix("give it now, .run.started, a number of seconds since 1970, or toDate \"2006-01-02\" TEXT")
	}
}
