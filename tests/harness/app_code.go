package harness

import (
	"crypto/hmac"
	"crypto/sha1"
	bigendian "encoding/binary"
	"fmt"
	"time"
)

// AppCode returns what an authenticator app with the secret shows at a time (RFC 6238).
func AppCode(secret []byte, at time.Time) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(bigendian.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := mac.Sum(nil)
	number := bigendian.BigEndian.Uint32(sum[sum[len(sum)-1]&0x0f:]) & 0x7fffffff
	return fmt.Sprintf("%06d", number%1_000_000)
}
