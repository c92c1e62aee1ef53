package platform

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A machine is an architecture as far as a program needs it that only ends.
type machine struct {
	kind  elf.Machine
	class elf.Class
	order binary.ByteOrder
	flags uint32
	code  []byte // exit(0)
}

// machines are the architectures for which there are emulators.
func machines() map[string]machine {
	little, big := binary.LittleEndian, binary.BigEndian
	return map[string]machine{
		"amd64":   {elf.EM_X86_64, elf.ELFCLASS64, little, 0, []byte("\xb8\x3c\x00\x00\x00\x31\xff\x0f\x05")},
		"386":     {elf.EM_386, elf.ELFCLASS32, little, 0, []byte("\xb8\x01\x00\x00\x00\x31\xdb\xcd\x80")},
		"arm64":   {elf.EM_AARCH64, elf.ELFCLASS64, little, 0, []byte("\x00\x00\x80\xd2\xa8\x0b\x80\xd2\x01\x00\x00\xd4")},
		"arm":     {elf.EM_ARM, elf.ELFCLASS32, little, 0x05000000, []byte("\x00\x00\xa0\xe3\x01\x70\xa0\xe3\x00\x00\x00\xef")},
		"riscv64": {elf.EM_RISCV, elf.ELFCLASS64, little, 0, []byte("\x13\x05\x00\x00\x93\x08\xd0\x05\x73\x00\x00\x00")},
		"ppc64le": {elf.EM_PPC64, elf.ELFCLASS64, little, 2, []byte("\x01\x00\x00\x38\x00\x00\x60\x38\x02\x00\x00\x44")},
		"loong64": {elf.EM_LOONGARCH, elf.ELFCLASS64, little, 0x43, []byte("\x04\x00\x80\x02\x0b\x74\x81\x02\x00\x00\x2b\x00")},
		"s390x":   {elf.EM_S390, elf.ELFCLASS64, big, 0, []byte("\xa7\x29\x00\x00\x0a\x01")},
	}
}

// probe reports whether a program of an architecture can be executed. One that
// cannot be tried counts as one that cannot be executed.
func probe(architecture string) bool {
	m, ok := machines()[architecture]
	if !ok {
		return false
	}
	dir, err := os.MkdirTemp("", "slipway-probe-")
	if err != nil {
		return false
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, architecture)
	if err := os.WriteFile(file, m.program(), 0o700); err != nil {
		return false
	}
	err = execute(file)
	for tries := 0; errors.Is(err, syscall.ETXTBSY) && tries < 5; tries++ {
		err = execute(file) // another goroutine's fork held the file open
	}
	return err == nil
}

// execute runs a program that only ends; an emulator that hangs is none.
func execute(file string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, file).Run()
}

// load is where the program lies in memory; the code follows the headers.
const load = 0x10000

// program is an executable file.
func (m machine) program() []byte {
	if m.class == elf.ELFCLASS32 {
		return m.program32()
	}
	const headers = 64 + 56
	size := uint64(headers + len(m.code))
	return m.write(
		elf.Header64{
			Ident: m.ident(), Type: uint16(elf.ET_EXEC), Machine: uint16(m.kind), Version: 1, Flags: m.flags,
			Entry: load + headers, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1,
		},
		elf.Prog64{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X), Vaddr: load, Paddr: load, Filesz: size, Memsz: size, Align: load},
	)
}

func (m machine) program32() []byte {
	const headers = 52 + 32
	size := uint32(headers + len(m.code))
	return m.write(
		elf.Header32{
			Ident: m.ident(), Type: uint16(elf.ET_EXEC), Machine: uint16(m.kind), Version: 1, Flags: m.flags,
			Entry: load + headers, Phoff: 52, Ehsize: 52, Phentsize: 32, Phnum: 1,
		},
		elf.Prog32{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X), Vaddr: load, Paddr: load, Filesz: size, Memsz: size, Align: load},
	)
}

func (m machine) ident() [elf.EI_NIDENT]byte {
	data := elf.ELFDATA2LSB
	if m.order == binary.BigEndian {
		data = elf.ELFDATA2MSB
	}
	return [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(m.class), byte(data), byte(elf.EV_CURRENT)}
}

func (m machine) write(header, segment any) []byte {
	var b bytes.Buffer
	for _, part := range []any{header, segment, m.code} {
		_ = binary.Write(&b, m.order, part) // a buffer never fails, and the parts have fixed sizes
	}
	return b.Bytes()
}
