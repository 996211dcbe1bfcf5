package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/schema"
)

// Limits of a connection to PostgreSQL.
const (
	connectTimeout     = 5 * time.Second
	connectionLifetime = 30 * time.Minute // after a fail-over the pool finds back by itself
)

// lockPatience is how many seconds a migration waits for another one.
const lockPatience = 300

type postgres struct{ url string }

func (postgres) name() string { return "postgres" }

func (p postgres) open(ctx context.Context, opts Options) (writer, reader *sql.DB, err error) {
	config, err := pgx.ParseConfig(p.url)
	if err != nil {
		return nil, nil, err // pgx leaves the password out
	}
	// bun makes a new text for every statement; preparing each would cost more than running it.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "authly"
	}
	if opts.Announces {
		config.RuntimeParams["application_name"] += " (announces)" // a setting that poolers know; the triggers read it
	}
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams["standard_conforming_strings"] = "on" // bun does not escape a backslash
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(opts.MaxConnections)
	db.SetMaxIdleConns(opts.MaxConnections)
	db.SetConnMaxLifetime(connectionLifetime)
	if err := db.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, db, nil
}

func (postgres) beforeClose(*sql.DB) {}

func (postgres) analyze(ctx context.Context, writer *sql.DB) error {
	_, err := writer.ExecContext(ctx, "ANALYZE")
	return err
}

func (postgres) bun() schema.Dialect { return plainJSON{pgdialect.New()} }

func (postgres) classify(err error) (failure, string) {
	var failed *pgconn.PgError
	if !errors.As(err, &failed) {
		var connect *pgconn.ConnectError
		if errors.As(err, &connect) || connectionLost(err) || pgconn.SafeToRetry(err) {
			return failureUnavailable, ""
		}
		return failureOther, ""
	}
	// Appendix A of PostgreSQL's manual; those with AU are raised by our triggers.
	switch code := failed.Code; code {
	case "23505":
		return failureUnique, failed.ConstraintName
	case "23503":
		return failureReference, failed.ConstraintName
	case "23514":
		return failureCheck, failed.ConstraintName
	case "AU001":
		return failureLastAdmin, ""
	case "AU002":
		return failurePreferredName, ""
	case "AU003":
		return failureUsername, ""
	case "22021", "22P05":
		return failureText, ""
	case "40001", "40P01", "55P03": // serialization failure, deadlock, lock not available
		return failureContention, ""
	case "25006", "57014": // read-only transaction (a standby after a fail-over), statement timeout
		return failureUnavailable, ""
	default:
		// Connection exceptions, insufficient resources (disk, memory, connections), operator intervention.
		if strings.HasPrefix(code, "08") || strings.HasPrefix(code, "53") || strings.HasPrefix(code, "57P0") {
			return failureUnavailable, ""
		}
		return failureOther, ""
	}
}

// diskFull is class 53100 (disk_full). What is deleted there frees room after a vacuum.
func (postgres) diskFull(err error) bool {
	var failed *pgconn.PgError
	return errors.As(err, &failed) && failed.Code == "53100"
}

// reservePath is nowhere: the disk is that of another process, perhaps of another machine.
func (postgres) reservePath() string { return "" }

// likeEscaper makes the wildcards of LIKE mean themselves.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (postgres) contains(column, text string) condition {
	return where(column+" LIKE ?", "%"+likeEscaper.Replace(text)+"%")
}

func (p postgres) searched(texts []string) condition { return userFilter{dialect: p}.walkedFor(texts) }

func (postgres) plansSearches() bool { return true }

func (postgres) matches(q *bun.SelectQuery, _ []string) *bun.SelectQuery { return q }

func (postgres) migrator() (goose.Dialect, []goose.ProviderOption, error) {
	// The server releases this lock when the process dies.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, lockPatience))
	if err != nil {
		return "", nil, fmt.Errorf("migration lock: %w", err)
	}
	return goose.DialectPostgres, []goose.ProviderOption{goose.WithSessionLocker(locker)}, nil
}

func (postgres) raced() bool { return false }

func (postgres) oneWriter() bool { return false }

func (postgres) writesInWith() bool { return true }

func (postgres) amongFew(query string) string { return "= ANY (ARRAY(" + query + "))" }

func (postgres) inSet(parameter string) string { return "= ANY (" + parameter + "::uuid[])" }

func (postgres) set(ids []uuid.UUID) any { return idStrings(ids) }

func (postgres) inTexts(parameter string) string { return "= ANY (" + parameter + "::text[])" }

func (postgres) eachText(parameter, alias string) string {
	return "unnest(" + parameter + "::text[]) AS " + alias + " (value)"
}

func (postgres) texts(list []string) any { return emptyIfNil(list) }

func (postgres) hasElement(column, element string) condition {
	return where(column+" @> ?::jsonb", array([]string{element}))
}

func (postgres) owners(kind string, ids []string) condition {
	return where("unnest(ARRAY[?]::"+kind+"[]) AS owner (id)", bun.List(ids))
}

func (postgres) ownersIn(parameter string) string {
	return "unnest(" + parameter + "::uuid[]) AS owner (id)"
}

func (postgres) lateral(_, alias string) (pick, join string) {
	return alias + ".*", "CROSS JOIN LATERAL (?) AS " + alias
}

func (postgres) day(column string) string {
	return "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
}

func (postgres) tableExists() string {
	return "SELECT to_regclass(?) IS NOT NULL"
}
