package logo

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/document"
)

const (
	rememberedFor = time.Hour // also that there is none: so seldom is an address asked, whoever wants the picture
	maxLogos      = 1000
	maxLogoBytes  = 32 << 20 // of all together
)

// Image is a picture, or nothing.
type Image struct {
	ContentType string
	Bytes       []byte
}

// Logos are the pictures of all clients.
type Logos struct{ documents *document.Cache[Image] }

// New makes Logos that are fetched with fetch, which bounds the size of one.
func New(fetch document.Fetch, source identity.Source) *Logos {
	return &Logos{document.New(fetch, source, document.Rules[Image]{
		Parse: recognise, Documents: maxLogos, Bytes: maxLogoBytes, Hold: rememberedFor,
	})}
}

// Get returns the picture at an address, or nothing. The error is why a fetch has just failed; later calls have none.
func (l *Logos) Get(ctx context.Context, address string) (Image, error) {
	if address == "" {
		return Image{}, nil
	}
	entry, err := l.documents.Get(ctx, address, due)
	if err != nil || entry.Failures > 0 {
		return Image{}, err
	}
	return entry.Value, nil
}

func due(e document.Entry[Image], now time.Time) bool {
	return e.TriedAt.IsZero() || now.Sub(e.TriedAt) >= rememberedFor
}

// recognise says what a picture is by its first bytes, as browsers do (WHATWG, MIME Sniffing §6.1).
func recognise(text []byte) (Image, error) {
	contentType := http.DetectContentType(text)
	if !slices.Contains([]string{"image/png", "image/jpeg", "image/webp", "image/gif"}, contentType) {
		return Image{}, fmt.Errorf("the logo is neither PNG, JPEG, WebP nor GIF but %s", contentType)
	}
	return Image{contentType, text}, nil
}
