package instance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// crash makes PostgreSQL end at once and take its children and shared memory down with it, which SIGKILL does not.
const crash = syscall.SIGQUIT

// PostgresBin returns the folder that holds initdb, postgres and pg_isready: the highest version of Debian's, or the
// one of the initdb on the path.
func PostgresBin() (string, error) {
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", fmt.Errorf("look for PostgreSQL: %w", err)
	}
	version := func(folder string) int {
		v, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
		return v
	}
	slices.SortFunc(folders, func(a, b string) int { return version(b) - version(a) })
	if onPath, err := exec.LookPath("initdb"); err == nil {
		if onPath, err = filepath.EvalSymlinks(onPath); err == nil {
			folders = append(folders, filepath.Dir(onPath))
		}
	}
	for _, folder := range folders {
		if complete(folder) {
			return folder, nil
		}
	}
	return "", errors.New("the programs initdb, postgres and pg_isready were not found in one folder")
}

func complete(folder string) bool {
	for _, name := range []string{"initdb", "postgres", "pg_isready"} {
		if _, err := exec.LookPath(filepath.Join(folder, name)); err != nil {
			return false
		}
	}
	return true
}

// StartPostgres makes a new PostgreSQL cluster, starts its server and waits until it answers. It trusts every loopback
// connection as postgres and trades durability for speed. Its folder is made in parent, or in the system's folder
// for temporary files when parent is "". Close it.
func StartPostgres(ctx context.Context, parent string) (*Instance, error) {
	bin, err := PostgresBin()
	if err != nil {
		return nil, err
	}
	owner, err := postgresUser()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(parent, "authly-postgres-")
	if err != nil {
		return nil, fmt.Errorf("make the folder of PostgreSQL: %w", err)
	}
	i := &Instance{name: "PostgreSQL", folder: folder, stop: syscall.SIGINT, crash: crash}
	if err := initdb(ctx, bin, folder, owner); err != nil {
		i.Close()
		return nil, err
	}
	err = startOnFreePort(ctx, i, func(port string) {
		i.URL = "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable"
		i.ready = func(ctx context.Context) error {
			return exec.CommandContext(ctx, filepath.Join(bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", port).Run()
		}
		i.command = func() *exec.Cmd {
			// No Unix socket: its path has a length limit that a temporary folder may pass.
			cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", filepath.Join(folder, "data"), "-p", port,
				"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
				"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
				"-c", "max_connections=300")
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Pdeathsig: crash}
			return cmd
		}
	})
	if err != nil {
		i.Close()
		return nil, err
	}
	return i, nil
}

// postgresUser says as whom the server runs, nil for the user of this program: PostgreSQL refuses to run as root.
func postgresUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil // that is how SysProcAttr says "as I am"
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("find a user for PostgreSQL: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("read the user id of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("read the group id of %s: %w", u.Username, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func initdb(ctx context.Context, bin, folder string, owner *syscall.Credential) error {
	if owner != nil {
		if err := os.Chown(folder, int(owner.Uid), int(owner.Gid)); err != nil {
			return fmt.Errorf("give the folder of PostgreSQL away: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", filepath.Join(folder, "data"), "-U", "postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	cmd.Dir = folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGTERM}
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w; it said:\n%s", err, said)
	}
	return nil
}
