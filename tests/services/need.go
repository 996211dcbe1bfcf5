package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/authly/authly/tests/services/instance"
)

// need is one thing that the tests ask of the machine.
type need struct {
	name, usage  string
	packages     []string                                                        // of Debian
	find         func() (string, error)                                          // the path when it is installed
	pathVariable string                                                          // environment variable for that path, or ""
	urlVariable  string                                                          // environment variable for the URL of the instance
	start        func(ctx context.Context, f string) (*instance.Instance, error) // nil when nothing has to run
}

var all = []need{
	{
		name: "postgres", usage: "a private PostgreSQL server", packages: []string{"postgresql"},
		find: instance.PostgresBin, pathVariable: "AUTHLY_TEST_POSTGRES_BIN",
		urlVariable: "AUTHLY_TEST_POSTGRES_URL", start: instance.StartPostgres,
	},
	{
		name: "redis", usage: "a private Redis server", packages: []string{"redis-server"},
		find: program("redis-server"), urlVariable: "AUTHLY_TEST_REDIS_URL", start: instance.StartRedis,
	},
	{
		name: "chromium", usage: "the Chromium browser", packages: []string{"chromium"},
		find: program("chromium"), pathVariable: "AUTHLY_TEST_CHROMIUM",
	},
	{
		name: "gcc", usage: "a C compiler, for the race detector", packages: []string{"gcc", "libc6-dev"},
		find: program("gcc"),
	},
	{
		name: "node", usage: "Node.js and npm, for the tests with JavaScript clients", packages: []string{"nodejs", "npm"},
		find: programs("node", "npm"),
	},
	{
		name: "curl", usage: "curl and OpenSSL, for the scripts of docs/examples", packages: []string{"curl", "openssl"},
		find: programs("curl", "openssl"),
	},
	{
		name: "sqlite3", usage: "the sqlite3 tool of the distribution, to dump and restore", packages: []string{"sqlite3"},
		find: program("sqlite3"), pathVariable: "AUTHLY_TEST_SQLITE3",
	},
	{
		name: "oidc-agent", usage: "the client oidc-agent of the distribution, which registers itself", packages: []string{"oidc-agent-cli"},
		find: programs("oidc-gen", "oidc-token", "oidc-agent"),
	},
	{
		name: "apache", usage: "Apache with mod_auth_openidc of the distribution, which signs people in",
		packages: []string{"apache2-bin", "libapache2-mod-auth-openidc"}, find: apacheModule,
	},
	{
		name: "java", usage: "a Java compiler and Maven, for Spring Security and HtmlUnit", packages: []string{"default-jdk-headless", "maven"},
		find: programs("javac", "mvn"),
	},
}

// apacheModule finds the module, which only Apache itself can run.
func apacheModule() (string, error) {
	const module = "/usr/lib/apache2/modules/mod_auth_openidc.so"
	if _, err := os.Stat(module); err != nil {
		return "", fmt.Errorf("find the module of Apache: %w", err)
	}
	return exec.LookPath("apache2")
}

func program(name string) func() (string, error) {
	return func() (string, error) { return exec.LookPath(name) }
}

// programs finds several that are needed together, and returns the path of the last one.
func programs(names ...string) func() (string, error) {
	return func() (path string, err error) {
		for _, name := range names {
			if path, err = exec.LookPath(name); err != nil {
				return "", err
			}
		}
		return path, nil
	}
}

// install installs what is missing, all in one go, and fails when something is missing still.
func install(needs []need) error {
	var packages []string
	for _, n := range needs {
		if _, err := n.find(); err != nil {
			packages = append(packages, n.packages...)
		}
	}
	if len(packages) == 0 {
		return nil
	}
	fmt.Fprintln(os.Stderr, "services: installing", packages)
	if err := apt("update"); err != nil {
		return missing(packages, err)
	}
	if err := apt(append([]string{"install", "-y", "--no-install-recommends"}, packages...)...); err != nil {
		return missing(packages, err)
	}
	for _, n := range needs {
		if _, err := n.find(); err != nil {
			return missing(n.packages, err)
		}
	}
	return nil
}

func missing(packages []string, err error) error {
	return fmt.Errorf("the tests need the Debian packages %v and they could not be installed: %w", packages, err)
}

// apt runs apt-get as root. A signal does not stop it: a half-installed package is worse than a late exit.
func apt(args ...string) error {
	line := append([]string{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"}, args...)
	if os.Geteuid() != 0 {
		line = append([]string{"sudo", "-n"}, line...)
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return errors.New("this is not a Debian machine: there is no apt-get")
	}
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%v: %w", line, err)
	}
	return nil
}
