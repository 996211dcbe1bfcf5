package adminclient

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
)

// Upload sends a file to a link of the server, which needs no token: the link is signed. However long that takes, only the context
// ends it.
func (c *Client) Upload(ctx context.Context, link string, file *os.File) error {
	if !strings.HasPrefix(link, c.Server+"/") {
		return Faultf(Refused, "Ask for another import.", "There is no link to send %s to.", file.Name())
	}
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("send %s: %w", file.Name(), err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, link, file)
	if err != nil {
		return fmt.Errorf("send %s: %w", file.Name(), err)
	}
	request.ContentLength = info.Size()
	response, err := (&http.Client{CheckRedirect: c.transport.CheckRedirect}).Do(request)
	if err != nil {
		return unreachable(c.Server, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode >= http.StatusMultipleChoices {
		return Faultf(Refused, "Ask for another import.", "The server did not take %s: status %d.", file.Name(), response.StatusCode)
	}
	return nil
}
