package qrcode

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rsc.io/qr"
)

var run = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

func TestThePathIsTheCode(t *testing.T) {
	t.Parallel()
	const text = "otpauth://totp/id.example:ada%20lovelace?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=id.example"
	code, err := Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	want, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	if code.Size != want.Size+8 {
		t.Errorf("%d units for %d modules", code.Size, want.Size)
	}
	dark := map[[2]int]bool{}
	for _, m := range run.FindAllStringSubmatch(code.Path, -1) {
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1])
		}
		if n[2] != n[3] {
			t.Errorf("%s is not closed", m[0])
		}
		for x := range n[2] {
			dark[[2]int{n[0] + x - 4, n[1] - 4}] = true
		}
	}
	for y := range want.Size {
		for x := range want.Size {
			if dark[[2]int{x, y}] != want.Black(x, y) {
				t.Fatalf("the module at %d, %d is wrong", x, y)
			}
		}
	}
	if rest := run.ReplaceAllString(code.Path, ""); rest != "" {
		t.Errorf("besides: %q", rest)
	}
}

func TestATextThatIsTooLongFails(t *testing.T) {
	t.Parallel()
	if _, err := Encode(strings.Repeat("x", 4000)); err == nil {
		t.Error("no error")
	}
}
