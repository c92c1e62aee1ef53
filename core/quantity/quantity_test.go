package quantity_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/quantity"
)

func TestDecode(t *testing.T) {
	const wantSize, wantCPUs = "want a size such as 512MiB or 2GB, found ", "want a number of processors such as 1.5 or 500m, from 0.01, found "
	type bounds struct {
		Memory quantity.Bytes      `yaml:"memory"`
		CPUs   quantity.Processors `yaml:"cpus"`
	}
	tests := []struct {
		src  string
		want bounds
		err  string
	}{
		{src: `memory: 512MiB`, want: bounds{Memory: 512 << 20}},
		{src: `memory: 512Mi`, want: bounds{Memory: 512 << 20}},
		{src: `memory: 1.5 GB`, want: bounds{Memory: 1500000000}},
		{src: `memory: 4096`, want: bounds{Memory: 4096}},
		{src: `cpus: 1.5`, want: bounds{CPUs: 1500}},
		{src: `cpus: 500m`, want: bounds{CPUs: 500}},
		{src: `{memory: 1Ti, cpus: 2}`, want: bounds{Memory: 1 << 40, CPUs: 2000}},
		{src: `memory: 512m`, err: `a.yml:1:9: error[wrong-type]: ` + wantSize + `the text "512m"`},
		{src: `memory: 1G`, err: `a.yml:1:9: error[wrong-type]: ` + wantSize + `the text "1G"`},
		{src: `memory: 0`, err: `a.yml:1:9: error[wrong-type]: ` + wantSize + `the number 0`},
		{src: `memory: [1]`, err: `a.yml:1:9: error[wrong-type]: ` + wantSize + `a list`},
		{src: `cpus: 0.001`, err: `a.yml:1:7: error[wrong-type]: ` + wantCPUs + `the number 0.001`},
		{src: `cpus: all`, err: `a.yml:1:7: error[wrong-type]: ` + wantCPUs + `the text "all"`},
		{src: `cpus: -1`, err: `a.yml:1:7: error[wrong-type]: ` + wantCPUs + `the number -1`},
	}
	for _, tt := range tests {
		n, ds := document.Parse("a.yml", []byte(tt.src))
		if ds != nil {
			t.Fatal(ds)
		}
		var got bounds
		text := ""
		if ds := document.Decode(n, &got); ds != nil {
			text = ds.Error()
		}
		if diff := cmp.Diff(tt.want, got) + cmp.Diff(tt.err, text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.src, diff)
		}
	}
}

func TestString(t *testing.T) {
	for b, want := range map[quantity.Bytes]string{1 << 30: "1GiB", 1536 << 20: "1536MiB", 2048: "2KiB", 1000: "1000B"} {
		if got := b.String(); got != want {
			t.Errorf("%d bytes are %s, want %s", int64(b), got, want)
		}
	}
	for p, want := range map[quantity.Processors]string{1500: "1.5", 2000: "2", 10: "0.01"} {
		if got := p.String(); got != want {
			t.Errorf("%d thousandths are %s, want %s", int64(p), got, want)
		}
	}
}

// What is written by String is read as the same amount, and nothing is read as
// less than none.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"1.5GB", "256Mi", "500m", "0.5", "99999999999999TB", "1e300GB", "NaN", "1G"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if b, err := quantity.ParseBytes(text); err == nil {
			if again, err := quantity.ParseBytes(b.String()); b < 0 || again != b || err != nil {
				t.Errorf("%s is read as %d, and %s as %d, %v", strconv.Quote(text), int64(b), b, int64(again), err)
			}
		}
		if p, err := quantity.ParseProcessors(text); err == nil {
			if again, err := quantity.ParseProcessors(p.String()); p < 0 || again != p || err != nil {
				t.Errorf("%s is read as %d, and %s as %d, %v", strconv.Quote(text), int64(p), p, int64(again), err)
			}
		}
	})
}
