package qrcode

import (
	"fmt"
	"strconv"
	"strings"

	"rsc.io/qr"
)

// quiet is the margin that readers need, in modules (ISO/IEC 18004 §6.3.8).
const quiet = 4

// Code is a drawing of Size by Size units, one for each module.
type Code struct {
	Size int
	Path string // the attribute d of an SVG path: what is dark
}

// Encode draws a text with the error correction M. It fails if the text is too long for a code.
func Encode(text string) (Code, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return Code{}, fmt.Errorf("draw QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				length := strconv.Itoa(x - from)
				path.WriteString("M" + strconv.Itoa(from+quiet) + " " + strconv.Itoa(y+quiet) + "h" + length + "v1h-" + length + "z")
			}
		}
	}
	return Code{Size: code.Size + 2*quiet, Path: path.String()}, nil
}
