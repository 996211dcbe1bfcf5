package clients

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

var all = flag.Bool("all", false, "run the clients too that take minutes to install")

func TestMain(m *testing.M) {
	flag.Parse()
	start := time.Now()
	code := m.Run()
	harness.RemoveBinary()
	if *all {
		fmt.Fprintln(os.Stdout, "all clients:", time.Since(start).Round(time.Second))
	}
	os.Exit(code)
}
