package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// JavaArchive builds tests/java/NAME with Maven, and returns its archive. That is done once for each content, in authly-test-java of the
// user's cache folder, where what it needs is too.
func JavaArchive(t *testing.T, name string) string {
	t.Helper()
	source := filepath.Join(Root(t), "tests", "java", name)
	digest := sha256.New()
	if err := filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			digest.Write(readFile(t, path))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "authly-test-java")
	archive := filepath.Join(folder, name+"-"+hex.EncodeToString(digest.Sum(nil)[:6])+".jar")
	if _, err := os.Stat(archive); err == nil {
		return archive
	}
	work := t.TempDir()
	if err := os.CopyFS(work, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	repository := "-Dmaven.repo.local=" + filepath.Join(folder, "repository")
	var out []byte
	for _, line := range [][]string{{"-o", repository, "package"}, {repository, "package"}} { // what is there already asks nobody
		build := exec.CommandContext(t.Context(), program(t, "mvn"), append([]string{"-B", "-q"}, line...)...)
		build.Dir = work
		if out, err = build.CombinedOutput(); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatalf("mvn package in %s: %v: %s", name, err, out)
	}
	built := filepath.Join(folder, filepath.Base(work)+"-"+filepath.Base(archive)) // appears whole or not at all
	if err := os.WriteFile(built, readFile(t, filepath.Join(work, "target", name+"-1.jar")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(built, archive); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	return archive
}
