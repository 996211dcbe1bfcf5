package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func flaskLogin(t *testing.T, s section) {
	g := newGuide(t, s)
	python := g.pip()
	g.start(python, "-m", "flask", "run", "--port", g.port())
	g.shows(g.signIn("/"), "Alice Adams", "alice@example.org")
}

func flaskAPI(t *testing.T, s section) {
	g := newGuide(t, s)
	python := g.pip()
	g.start(python, "-m", "flask", "run", "--port", g.port())
	g.protects("/invoices", "caller")
}

func django(t *testing.T, s section) {
	g := newGuide(t, s)
	python := g.pip()
	fresh := filepath.Join(g.dir, "fresh")
	if err := os.Mkdir(fresh, 0o750); err != nil {
		t.Fatal(err)
	}
	g.mustRun(exec.CommandContext(t.Context(), python, "-m", "django", "startproject", "shop", fresh))
	settings, err := os.ReadFile(filepath.Join(fresh, "shop", "settings.py"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"settings.py", "urls.py", "authly.py"} {
		content := g.translate(s.files["shop/"+name])
		if name == "settings.py" {
			content = string(settings) + content
		}
		g.write("fresh/shop/"+name, content)
	}
	manage := filepath.Join(fresh, "manage.py")
	migrate := exec.CommandContext(t.Context(), python, manage, "migrate")
	migrate.Env = g.environment()
	g.mustRun(migrate)
	g.start(python, manage, "runserver", "--noreload", g.address)
	g.shows(g.signIn("/"), "Alice Adams", "alice@example.org")
}
