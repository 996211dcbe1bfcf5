package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/authly/authly/tests/harness"
)

// patience is how long a page may take before the test gives up.
const patience = 3 * time.Minute

// tab is one browser with one page, and everything that it complained about.
type tab struct {
	t     *testing.T
	ctx   context.Context // a tab is its context
	width int
	hosts map[string]string // what it finds by name: the address of each

	mu         sync.Mutex
	complaints []string
	expected   []string // parts of complaints that belong to the test
}

// open starts a browser of its own, whose requests reach the loopback only.
func open(t *testing.T, width, height int) *tab {
	t.Helper()
	return openNaming(t, width, height, nil)
}

// openNaming is open with names of servers of the test, by their addresses on the loopback. Their certificates are not checked.
func openNaming(t *testing.T, width, height int, hosts map[string]string) *tab {
	t.Helper()
	rules := "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1" // of those that match a name the first counts
	if hosts["localhost"] == "" {
		rules += ", EXCLUDE localhost"
	}
	for name, address := range hosts {
		rules = "MAP " + name + " " + address + ", " + rules
	}
	path := os.Getenv("AUTHLY_TEST_CHROMIUM")
	if path == "" {
		t.Fatal("AUTHLY_TEST_CHROMIUM is not set: run make test, which installs what the tests need")
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()),
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("host-resolver-rules", rules),
		chromedp.Flag("ignore-certificate-errors", hosts != nil),
	)
	ctx, stop := chromedp.NewContext(allocator)
	ctx, cancel := context.WithTimeout(ctx, patience)
	t.Cleanup(func() {
		cancel()
		stop()
		stopAllocator()
	})
	b := &tab{t: t, ctx: ctx, width: width, hosts: hosts}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	// Reports of the content security policy come as issues, also when scripts are off.
	if _, err := chromedp.Call(ctx, audits.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	// A window cannot be as narrow as a phone, its viewport can.
	b.do(chromedp.EmulateViewport(int64(width), int64(height)))
	t.Cleanup(b.judge)
	return b
}

// expect excuses the complaints that contain the text, and demands that there is one.
func (b *tab) expect(part string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = append(b.expected, part)
}

func (b *tab) judge() {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := map[string]bool{}
	for _, complaint := range b.complaints {
		i := slices.IndexFunc(b.expected, func(part string) bool { return strings.Contains(complaint, part) })
		if i < 0 {
			b.t.Errorf("the browser complains: %s", complaint)
			continue
		}
		seen[b.expected[i]] = true
	}
	for _, part := range b.expected {
		if !seen[part] {
			b.t.Errorf("the browser did not complain about %q", part)
		}
	}
}

// listen runs in the order of the events, before the answer to any later command.
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
		if e.ExceptionDetails.Exception != nil {
			complaint += " " + e.ExceptionDetails.Exception.Description
		}
	case *log.EventEntryAdded:
		complaint = fmt.Sprintf("%s %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
	case *audits.EventIssueAdded:
		if policy := e.Issue.Details.ContentSecurityPolicyIssueDetails; policy != nil {
			complaint = fmt.Sprintf("content security policy %s %s", policy.ViolatedDirective, policy.BlockedURL)
		}
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Scheme != "data" && u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" && b.hosts[u.Hostname()] == "" {
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

// see waits for an element and fails when its page must be scrolled sideways.
func (b *tab) see(name string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible("#" + name))
	metrics, err := chromedp.Call(b.ctx, page.GetLayoutMetrics, cdp.Empty{})
	if err != nil {
		b.t.Fatal(err)
	}
	if got := int(metrics.CSSContentSize.Width); got > b.width {
		b.t.Errorf("the page with %s is %d wide in a window of %d", name, got, b.width)
	}
}

// reads fails unless the page has the text.
func (b *tab) reads(want string) {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.TextContent("body"))
	if err != nil {
		b.t.Fatal(err)
	}
	if text = strings.Join(strings.Fields(text), " "); !strings.Contains(text, want) {
		b.t.Errorf("%q is missing: %s", want, text)
	}
}

// withoutScripts switches JavaScript off.
func (b *tab) withoutScripts() {
	b.t.Helper()
	off := emulation.SetScriptExecutionDisabledParams{Value: true}
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, off); err != nil {
		b.t.Fatal(err)
	}
}

// anotherTab opens another tab of the same browser.
func (b *tab) anotherTab(address string) *tab {
	b.t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx)
	b.t.Cleanup(stop)
	other := &tab{t: b.t, ctx: ctx, width: b.width}
	if err := chromedp.Listen(ctx, other.listen); err != nil {
		b.t.Fatal(err)
	}
	other.do(chromedp.Navigate(address))
	return other
}

func (b *tab) fill(name, value string) {
	b.t.Helper()
	b.see(name)
	b.do(chromedp.Clear("#"+name), chromedp.SendKeys("#"+name, value))
}

func (b *tab) click(name string) {
	b.t.Helper()
	b.see(name)
	b.do(chromedp.Click("#"+name, chromedp.NodeVisible))
}

func (b *tab) press(keys ...string) {
	b.t.Helper()
	for _, key := range keys {
		b.do(chromedp.KeyEvent(key))
	}
}

func (b *tab) signIn(username, password string) {
	b.t.Helper()
	b.fill("username", username)
	b.fill("password", password)
	b.click("login-submit")
}

// eventually evaluates an expression until it returns a text, also across navigations.
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
	answers chan answer
}

// answer is what the browser brought back, and how.
type answer struct {
	url.Values
	method string
}

func newCallback(t *testing.T) *callback {
	t.Helper()
	return callbackWith(t, welcome)
}

// welcome is the page of an application that has got its answer.
func welcome(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("<!DOCTYPE html><title>Application</title><p id=welcome>Welcome back</p>"))
}

// callbackWith is newCallback with what the application does once it has its answer.
func callbackWith(t *testing.T, then http.HandlerFunc) *callback {
	t.Helper()
	c := &callback{answers: make(chan answer, 10)}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/callback") {
			w.Header().Set("Content-Type", "image/svg+xml") // the browser asks for an icon by itself
			return
		}
		if err := r.ParseForm(); err == nil {
			c.answers <- answer{r.Form, r.Method}
		}
		then(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *callback) wait(t *testing.T) answer {
	t.Helper()
	select {
	case a := <-c.answers:
		return a
	case <-time.After(patience):
		t.Fatal("the browser did not come back to the application")
		return answer{}
	}
}

// behindTLS is a proxy with TLS before a node, as installations have one.
func behindTLS(t *testing.T, n *harness.Node) *httptest.Server {
	t.Helper()
	node, err := url.Parse(n.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(node)
		r.Out.Host = r.In.Host
	}})
	t.Cleanup(proxy.Close)
	return proxy
}
