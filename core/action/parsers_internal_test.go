package action

import (
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const tableOfKernel = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
   2: 0000000000000000FFFF00000100007F:01BB 0000000000000000FFFF00000100007F:D432 06 0 0 0 0 0 0
   3: broken
`

func TestConnections(t *testing.T) {
	var got []string
	for _, c := range connections([]byte(tableOfKernel)) {
		if c.busy() && c.at([]net.IP{net.IPv4(127, 0, 0, 1)}) {
			got = append(got, c.host.String())
		}
	}
	if diff := cmp.Diff([]string{"127.0.0.1", "127.0.0.1"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzConnections(f *testing.F) {
	f.Add([]byte(tableOfKernel))
	f.Fuzz(func(t *testing.T, table []byte) {
		for _, c := range connections(table) {
			if len(c.host) != net.IPv4len && len(c.host) != net.IPv6len || c.port < 0 || c.port > 65535 {
				t.Errorf("%+v", c)
			}
		}
	})
}

func TestReferences(t *testing.T) {
	tests := []struct {
		expression string
		want       []string
	}{
		{`and (eq .b.c "x.y") (gt .a 1) .b.c`, []string{".b.c", ".a"}},
		{`.a | default .b`, []string{".a", ".b"}},
		{`eq 1 2`, nil},
		{`eq (`, nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, references(tt.expression)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.expression, diff)
		}
	}
}

func FuzzReferences(f *testing.F) {
	f.Add(`and (eq .b.c "x") .a`)
	f.Add(`.a }} {{ .b`)
	f.Fuzz(func(t *testing.T, expression string) {
		for _, name := range references(expression) {
			if !strings.HasPrefix(name, ".") {
				t.Errorf("%q in %q", name, expression)
			}
		}
	})
}
