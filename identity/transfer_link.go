package identity

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// TransferLinkTTL is how long a link may be used to begin: what has begun may take longer.
const TransferLinkTTL = 15 * time.Minute

// What a link is for, as methods of HTTP.
const (
	TransferUpload   = "PUT"
	TransferDownload = "GET"
)

// TransferLink lets whoever has it upload or download the file of one transfer.
type TransferLink struct {
	Method    string // TransferUpload or TransferDownload
	ID        uuid.UUID
	Holder    string // to whom a link for downloading was given (linkHolder)
	Expires   time.Time
	Signature []byte
}

func (l TransferLink) signed() []byte {
	text := l.Method + " " + l.ID.String() + " " + strconv.FormatInt(l.Expires.Unix(), 10)
	if l.Holder != "" {
		text += " " + l.Holder
	}
	return []byte(text)
}

// NewTransferLink signs a link for a method. One for downloading serves for as long as its holder may have the file.
func NewTransferLink(keys *Keyring, now time.Time, method string, id uuid.UUID, holder Actor) TransferLink {
	link := TransferLink{Method: method, ID: id, Expires: now.Add(TransferLinkTTL).Truncate(time.Second)}
	if method == TransferDownload {
		link.Holder = linkHolder(holder)
	}
	link.Signature = keys.MAC(PurposeTransfer, link.signed())
	return link
}

// linkHolder writes who an actor is.
func linkHolder(a Actor) string {
	return string(a.Kind) + "." + a.UserID.String() + "." + a.ClientID.String()
}

// holder reads what linkHolder has written, and the signature covers.
func (l TransferLink) holder() Actor {
	parts := strings.SplitN(l.Holder, ".", 3)
	if len(parts) < 3 {
		return Actor{Kind: ActorAnonymous}
	}
	holder := Actor{Kind: ActorKind(parts[0])}
	holder.UserID, _ = uuid.Parse(parts[1])
	holder.ClientID, _ = uuid.Parse(parts[2])
	return holder
}

// URL returns the link at an issuer.
func (l TransferLink) URL(issuer string) string {
	query := url.Values{
		"expires": {strconv.FormatInt(l.Expires.Unix(), 10)}, "signature": {base64.RawURLEncoding.EncodeToString(l.Signature)},
	}
	if l.Holder != "" {
		query.Set("for", l.Holder)
	}
	return issuer + TransferPath + l.ID.String() + "?" + query.Encode()
}

// ReadTransferLink reads what URL has written. What is malformed has a signature that does not hold.
func ReadTransferLink(method, id string, query url.Values) TransferLink {
	link := TransferLink{Method: method, Holder: query.Get("for")}
	link.ID, _ = uuid.Parse(id)
	seconds, _ := strconv.ParseInt(query.Get("expires"), 10, 64)
	link.Expires = time.Unix(seconds, 0)
	link.Signature, _ = base64.RawURLEncoding.Strict().DecodeString(query.Get("signature"))
	return link
}
