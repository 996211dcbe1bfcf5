package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take before the test gives up.
const patience = 60 * time.Second

// tab is one browser with one page, and everything that it complained about.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // a tab is its context

	mu         sync.Mutex
	complaints []string
}

// open starts a browser of its own, whose requests reach the loopback only.
func open(t *testing.T, width, height int) *tab {
	t.Helper()
	path := os.Getenv("AUTHLY_TEST_CHROMIUM")
	if path == "" {
		t.Fatal("AUTHLY_TEST_CHROMIUM is not set: run the tests with make test, which installs what they need")
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()),
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	ctx, stop := chromedp.NewContext(allocator)
	ctx, cancel := context.WithTimeout(ctx, patience)
	t.Cleanup(func() {
		cancel()
		stop()
		stopAllocator()
	})
	b := &tab{t: t, ctx: ctx}
	b.do(chromedp.Navigate("about:blank"))
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := chromedp.Call(ctx, log.Enable, struct{}{}); err != nil {
			return err
		}
		_ = target
		return nil
	}))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, complaint := range b.complaints {
			t.Errorf("the browser complains: %s", complaint)
		}
	})
	return b
}

func (b *tab) listen(event any) {
	complaint := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			complaint = fmt.Sprintf("console %s", e.Type)
			for _, arg := range e.Args {
				complaint += " " + string(arg.Value) + arg.Description
			}
		}
	case *runtime.EventExceptionThrown:
		complaint = "exception " + e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		complaint = fmt.Sprintf("%s %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && u.Scheme != "data" && u.Hostname() != "127.0.0.1" {
			complaint = "request to " + e.Request.URL
		}
	}
	if complaint != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.complaints = append(b.complaints, complaint)
	}
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		text, _ := chromedp.Run(b.ctx, chromedp.OuterHTML("html"))
		at, _ := chromedp.Run(b.ctx, chromedp.Location())
		b.t.Fatalf("%v\nat %s\n%.3000s", err, at, text)
	}
}

// withoutScripts switches JavaScript off.
func (b *tab) withoutScripts() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		b.t.Fatal(err)
	}
}


func (b *tab) fill(name, value string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible("#"+name), chromedp.Clear("#"+name), chromedp.SendKeys("#"+name, value))
}

func (b *tab) click(name string) {
	b.t.Helper()
	b.do(chromedp.Click("#"+name, chromedp.NodeVisible))
}

func (b *tab) signIn(username, password string) {
	b.t.Helper()
	b.fill("username", username)
	b.fill("password", password)
	b.click("login-submit")
}

// eventually evaluates an expression until it gives a text, also across navigations.
func (b *tab) eventually(expression string) string {
	b.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
		if err == nil && text != "" {
			return text
		}
		select {
		case <-b.ctx.Done():
			b.t.Fatalf("it never came: %s (%v)", expression, err)
		case <-tick.C:
		}
	}
}

// callback is a relying party's redirect URI on the loopback.
type callback struct {
	*httptest.Server
	answers chan url.Values
}

func newCallback(t *testing.T) *callback {
	t.Helper()
	c := &callback{answers: make(chan url.Values, 10)}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/callback") {
			w.Header().Set("Content-Type", "image/svg+xml") // the browser asks for an icon by itself
			return
		}
		if err := r.ParseForm(); err == nil {
			c.answers <- r.Form
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!DOCTYPE html><title>Application</title><p id=welcome>Welcome back</p>"))
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *callback) wait(t *testing.T) url.Values {
	t.Helper()
	select {
	case values := <-c.answers:
		return values
	case <-time.After(patience):
		t.Fatal("the browser did not come back to the application")
		return nil
	}
}
