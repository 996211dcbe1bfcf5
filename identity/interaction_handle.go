package identity

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
)

// The bounds of a handle. It is in URLs and in a Location header, so that it must pass what stands before the server:
// proxies take lines of 8 KiB.
const (
	maxHandle   = 6 << 10  // characters
	maxQuestion = 32 << 10 // bytes of what is sealed, before it is compressed
	surelyFits  = 700      // bytes of parameters that fit even if each takes six in JSON
	worthwhile  = 512      // bytes from which compression is tried

	// storedHandle is the length of the handles of the version before, whose questions are stored. A sealed one is
	// longer.
	storedHandle = 43
)

// errTooLarge refuses a request that a handle cannot carry.
var errTooLarge = Errorf(Invalid, CodeValidation, "The parameters of the request are too long together.")

// question is what a handle has under seal.
type question struct {
	ID         uuid.UUID           `json:"id"`
	Kind       InteractionKind     `json:"kind"`
	ClientID   uuid.UUID           `json:"client,omitzero"`
	Params     AuthorizationParams `json:"params,omitzero"`
	ReturnPath ReturnPath          `json:"return,omitempty"`
	Pushed     bool                `json:"pushed,omitempty"`
	Device     *DeviceRequest      `json:"device,omitempty"`

	Backchannel *BackchannelQuestion `json:"backchannel,omitempty"`

	CreatedAt  time.Time `json:"from"`
	ExpiresAt  time.Time `json:"to"`
	SealedLink []byte    `json:"link,omitempty"`
	Declined   bool      `json:"declined,omitempty"`
}

// Seal gives an interaction the handle for the pages' URLs. Nothing is stored: what a stranger asks for costs its length
// and no more.
func (s *Interactions) Seal(i Interaction) (Interaction, error) {
	handle, err := s.sealer.seal(i, handleContext)
	if err != nil {
		return Interaction{}, err
	}
	i.Handle = handle
	return i, nil
}

// InLanguage returns an interaction that asks for the language that its person has chosen in place of those that its client
// asked for. It stays the same interaction, under another handle.
func (s *Interactions) InLanguage(ctx context.Context, handle, code string) (Interaction, error) {
	i, err := s.Load(ctx, handle)
	if err != nil || i.Params.UILocales == "" || len(handle) == storedHandle {
		return i, err
	}
	i.Params.UILocales = code
	return s.Seal(i)
}

// CheckSize refuses an authorization request that no handle can carry, whether or not it will need one.
func (s *Interactions) CheckSize(i Interaction) error {
	if i.Params.size() <= surelyFits {
		return nil
	}
	_, err := s.sealer.seal(i, handleContext)
	return err
}

// progress is what is stored of an interaction: what was done, and nothing of what was asked. The row outlives the
// handle a little, so that who has loaded it in time still finds whether it is done. Its digest is that of no handle, and
// a new one each time: two that insert the row at once must meet in nothing but the id.
func (i Interaction) progress(source Source, keys *Keyring) Interaction {
	if len(i.Handle) == storedHandle {
		return i
	}
	i.Digest = keys.Digest(PurposeInteraction, source.NewSecret())
	i.Params, i.ReturnPath = AuthorizationParams{}, ""
	i.ExpiresAt = i.ExpiresAt.Add(progressMargin)
	return i
}

// progressMargin is longer than any request takes, and than clocks of nodes differ.
const progressMargin = 10 * time.Minute

// sealer makes and opens handles: JSON, compressed if that helps, encrypted and authenticated (Keyring.Seal).
type sealer struct {
	keys      *Keyring
	deflaters *sync.Pool // of *flate.Writer, which is large
}

func newSealer(keys *Keyring) sealer {
	return sealer{keys: keys, deflaters: &sync.Pool{New: func() any {
		w, err := flate.NewWriter(nil, flate.BestSpeed)
		if err != nil {
			panic("identity: " + err.Error()) // the level is known
		}
		return w
	}}}
}

// The first byte of what is sealed.
const (
	formPlain byte = iota
	formDeflated
)

// What binds a seal to its use (Keyring.Seal): the handle of a page is no request_uri, nor the other way round.
const (
	handleContext = "interaction"
	pushedContext = "pushed request"
)

func (s sealer) seal(i Interaction, use string) (string, error) {
	var plain bytes.Buffer
	plain.WriteByte(formPlain)
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	q := question{
		i.ID, i.Kind, i.ClientID, i.Params, i.ReturnPath, i.Pushed, i.Device, i.Backchannel, i.CreatedAt, i.ExpiresAt, i.SealedLink,
		i.Declined,
	}
	if err := encoder.Encode(q); err != nil {
		return "", fmt.Errorf("seal interaction: %w", err)
	}
	if plain.Len() > maxQuestion {
		return "", errTooLarge
	}
	content := plain.Bytes()
	if len(content) > worthwhile {
		content = s.deflate(content[1:])
	}
	handle := base64.RawURLEncoding.EncodeToString(s.keys.Seal(PurposeInteraction, content, use))
	if len(handle) > maxHandle {
		return "", errTooLarge
	}
	return handle, nil
}

func (s sealer) deflate(plain []byte) []byte {
	var packed bytes.Buffer
	packed.WriteByte(formDeflated)
	w := s.deflaters.Get().(*flate.Writer)
	defer s.deflaters.Put(w)
	w.Reset(&packed)
	_, _ = w.Write(plain) // a buffer does not fail
	_ = w.Close()
	return packed.Bytes()
}

func (s sealer) open(handle, use string) (Interaction, error) {
	if len(handle) > maxHandle {
		return Interaction{}, errors.New("handle is too long")
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(handle)
	if err != nil {
		return Interaction{}, fmt.Errorf("handle: %w", err)
	}
	if base64.RawURLEncoding.EncodeToString(sealed) != handle { // decoding skips line breaks
		return Interaction{}, errors.New("handle is not in its one form")
	}
	content, err := s.keys.Open(PurposeInteraction, sealed, use)
	if err != nil {
		return Interaction{}, fmt.Errorf("handle: %w", err)
	}
	if len(content) == 0 {
		return Interaction{}, errors.New("handle is empty")
	}
	var plain io.Reader = bytes.NewReader(content[1:])
	if content[0] == formDeflated {
		plain = io.LimitReader(flate.NewReader(plain), maxQuestion)
	}
	var q question
	if err := json.NewDecoder(plain).Decode(&q); err != nil {
		return Interaction{}, fmt.Errorf("handle: %w", err)
	}
	return Interaction{
		ID: q.ID, Kind: q.Kind, ClientID: q.ClientID, Params: q.Params, ReturnPath: q.ReturnPath, Pushed: q.Pushed, Device: q.Device,
		Backchannel: q.Backchannel,
		CreatedAt:   q.CreatedAt, ExpiresAt: q.ExpiresAt, SealedLink: q.SealedLink, Declined: q.Declined, Handle: handle,
	}, nil
}
