package buildkey

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestMemoRemembersOldFilesOnly(t *testing.T) {
	m := &Memo{path: filepath.Join(t.TempDir(), "memo"), seen: map[identity]entry{}}
	now := time.Now()
	old := identity{Ino: 1, Mtime: now.Add(-time.Hour).UnixNano(), Ctime: now.Add(-time.Hour).UnixNano()}
	young := identity{Ino: 2, Mtime: old.Mtime, Ctime: now.Add(-time.Second).UnixNano()}
	m.remember(old, entry{"sha256:old", 3, now.Unix()}, now)
	m.remember(young, entry{"sha256:young", 3, now.Unix()}, now)
	if err := m.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenMemo(m.path)
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := again.recall(old, now); !ok || e != (entry{"sha256:old", 3, now.Unix()}) {
		t.Errorf("old file: %+v, %t, want it remembered", e, ok)
	}
	if d, ok := again.recall(young, now); ok {
		t.Errorf("young file: %+v, want it forgotten", d)
	}
	changed := old
	changed.Ctime++
	if _, ok := again.recall(changed, now); ok {
		t.Error("a file with another ctime was recalled")
	}
}

func TestMemoForgetsWhatNobodyAsksFor(t *testing.T) {
	m := &Memo{path: filepath.Join(t.TempDir(), "memo"), changed: true, seen: map[identity]entry{
		{Ino: 1}: {"sha256:a", 1, time.Now().Add(-forget - time.Hour).Unix()},
		{Ino: 2}: {"sha256:b", 1, time.Now().Unix()},
	}}
	if err := m.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenMemo(m.path)
	if err != nil || len(again.seen) != 1 {
		t.Errorf("kept %d entries, %v, want one", len(again.seen), err)
	}
}

// A memo that learnt nothing is not written; that an entry is still in use is
// noted once a day.
func TestMemoIsWrittenWhenItChanged(t *testing.T) {
	now := time.Now()
	for used, want := range map[time.Time]bool{now.Add(-time.Hour): false, now.Add(-refresh - time.Hour): true} {
		m := &Memo{path: filepath.Join(t.TempDir(), "memo"), seen: map[identity]entry{{Ino: 1}: {"sha256:a", 1, used.Unix()}}}
		if _, ok := m.recall(identity{Ino: 1}, now); !ok {
			t.Error("what was seen is not recalled")
		}
		if err := m.Save(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(m.path); (err == nil) != want {
			t.Errorf("used %s ago: written: %t, want %t", now.Sub(used), err == nil, want)
		}
	}
}

func FuzzOpenMemo(f *testing.F) {
	f.Add([]byte(`{"Version":1,"Entries":[{"Dev":1,"Ino":2,"Size":3,"Digest":"sha256:a","Used":9}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		at := filepath.Join(t.TempDir(), "memo")
		if err := os.WriteFile(at, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenMemo(at); err != nil {
			t.Errorf("%q: %v", b, err)
		}
	})
}
