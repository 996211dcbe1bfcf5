package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/authly/authly/store"
)

// The databases.
const (
	sqlite   = "sqlite"
	postgres = "postgres"
)

// database is a fresh one of this run.
type database struct {
	url        string
	folder     string // of SQLite's file
	server     string // URL of the PostgreSQL that it is on, or empty
	name       string
	postmaster int // process id of PostgreSQL's first process
}

func create(ctx context.Context, kind, folder string) (*database, error) {
	if kind == sqlite {
		db := &database{folder: filepath.Join(folder, "data")}
		db.url = "sqlite:" + filepath.Join(db.folder, "authly.db")
		if err := os.Mkdir(db.folder, 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of the database: %w", err)
		}
		return db, nil
	}
	db := &database{server: os.Getenv("AUTHLY_TEST_POSTGRES_URL"), name: "load"}
	if db.server == "" {
		return nil, errors.New("AUTHLY_TEST_POSTGRES_URL is not set: run it with go run ./tests/services -postgres -- go run ./tests/load")
	}
	u, err := url.Parse(db.server)
	if err != nil {
		return nil, fmt.Errorf("AUTHLY_TEST_POSTGRES_URL: %w", err)
	}
	u.Path = "/" + db.name
	db.url = u.String()
	file, err := psql(ctx, db.server, "SELECT pg_read_file('postmaster.pid')")
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(file, "\n")
	if db.postmaster, err = strconv.Atoi(first); err != nil {
		return nil, fmt.Errorf("read the process id of PostgreSQL: %w", err)
	}
	// The private server does not wait for its log to be written, which would flatter: have it written at each commit, as
	// in production. Only fsync stays off.
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS load WITH (FORCE)", "CREATE DATABASE load", "ALTER DATABASE load SET synchronous_commit = on",
	} {
		if _, err := psql(ctx, db.server, statement); err != nil {
			return nil, err
		}
	}
	return db, nil
}

// settle does now what the database would do during the measurement.
func (db *database) settle(ctx context.Context) error {
	if db.server == "" {
		return nil
	}
	for _, statement := range []string{"VACUUM (ANALYZE)", "CHECKPOINT"} {
		if _, err := psql(ctx, db.url, statement); err != nil {
			return err
		}
	}
	return nil
}

func (db *database) drop(ctx context.Context) error {
	if db.server == "" {
		return os.RemoveAll(db.folder)
	}
	_, err := psql(ctx, db.server, "DROP DATABASE load WITH (FORCE)")
	return err
}

// cpu is the processor time of all processes of PostgreSQL so far; SQLite's is in the server's.
func (db *database) cpu() (time.Duration, error) {
	if db.server == "" {
		return 0, nil
	}
	return familyCPU(db.postmaster)
}

// count runs a query for one number.
func (db *database) count(ctx context.Context, query string) (n int, err error) {
	if db.server != "" {
		said, err := psql(ctx, db.url, query)
		if err != nil {
			return 0, err
		}
		return strconv.Atoi(strings.TrimSpace(said))
	}
	file, err := sql.Open("sqlite", strings.TrimPrefix(db.url, "sqlite:")) // the driver comes with the store
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	err = file.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

// psql runs one statement.
func psql(ctx context.Context, database, statement string) (string, error) {
	program := filepath.Join(os.Getenv("AUTHLY_TEST_POSTGRES_BIN"), "psql")
	said, err := exec.CommandContext(ctx, program, "-XAtq", "-d", database, "-c", statement).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", statement, err, said)
	}
	return string(said), nil
}
