package server

import (
	"context"

	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/store"
)

// Migration is one step of the database's schema.
type Migration = store.Migration

// Migrate applies the migrations that are missing and lists them.
func Migrate(ctx context.Context, c config.Config) ([]Migration, error) {
	opened, err := openStore(ctx, c, store.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.Close() }()
	if err := proveBeforeMigrating(ctx, opened, c); err != nil {
		return nil, err
	}
	return opened.Migrate(ctx)
}

// Migrations lists every migration that the program knows, oldest first.
func Migrations(ctx context.Context, c config.Config) ([]Migration, error) {
	opened, err := openStore(ctx, c, store.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.Close() }()
	if err := proveBeforeMigrating(ctx, opened, c); err != nil {
		return nil, err
	}
	return opened.Migrations(ctx)
}
