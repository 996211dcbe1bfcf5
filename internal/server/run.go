package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cache"
)

// The limits of a connection. A slow client must not hold one for ever, and no response of Authly takes longer to
// write.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeader         = 32 << 10
)

// Listeners are where a server serves.
type Listeners struct {
	Public       net.Listener
	Certificates net.Listener // asks clients for certificates (RFC 8705); nil = none does
}

// Close closes them.
func (l Listeners) Close() error {
	if l.Certificates == nil {
		return l.Public.Close()
	}
	return errors.Join(l.Public.Close(), l.Certificates.Close())
}

// Listen opens the listeners that are configured.
func (s *Server) Listen(ctx context.Context) (Listeners, error) {
	public, err := s.listen(ctx, s.config.Listen, tls.NoClientCert)
	if err != nil {
		return Listeners{}, fmt.Errorf("listen (AUTHLY_LISTEN): %w", err)
	}
	certificates, err := s.ListenForCertificates(ctx)
	if err != nil {
		_ = public.Close()
		return Listeners{}, err
	}
	return Listeners{Public: public, Certificates: certificates}, nil
}

// ListenForCertificates opens the listener that asks clients for certificates; nil where none is configured. Whose certificates they
// are is for the client to be registered with, so that also those are taken that nobody has signed.
func (s *Server) ListenForCertificates(ctx context.Context) (net.Listener, error) {
	if s.config.MutualTLS.Listen == "" {
		return nil, nil
	}
	listener, err := s.listen(ctx, s.config.MutualTLS.Listen, tls.RequestClientCert)
	if err != nil {
		return nil, fmt.Errorf("listen (AUTHLY_MTLS_LISTEN): %w", err)
	}
	return listener, nil
}

// listen opens a listener, with TLS if it is configured.
func (s *Server) listen(ctx context.Context, address string, clients tls.ClientAuthType) (net.Listener, error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", address)
	if err != nil || s.config.TLSCertFile == "" {
		return listener, err
	}
	certificate, err := tls.LoadX509KeyPair(s.config.TLSCertFile, s.config.TLSKeyFile)
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("load certificate (AUTHLY_TLS_CERT_FILE, AUTHLY_TLS_KEY_FILE): %w", err)
	}
	return tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{certificate},
		ClientAuth:   clients,
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
		// With TLS 1.2 only forward secrecy with authenticated encryption (RFC 9325 §4.2).
		CipherSuites: []uint16{
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		},
	}), nil
}

// forgetKeys reads the signing keys anew when they are next needed; also what the admin API said of them.
func (s *Server) forgetKeys(ctx context.Context) {
	s.signer.Forget()
	s.bus.Invalidate(ctx, identity.CacheTagKeys)
}

// Run serves on the listeners until ctx ends, goes on for the configured delay in which it says that it is not ready,
// and then lets requests in flight finish. It returns nil after an orderly stop.
func (s *Server) Run(ctx context.Context, listeners Listeners) error {
	public, certificates := s.newHTTPServer(s.handler), s.newHTTPServer(s.certified)
	public.RegisterOnShutdown(sync.OnceFunc(func() { close(s.stopping) })) // event streams would go on
	group, stop := errgroup.WithContext(ctx)
	// Until the last request has ended, other nodes must hear what it writes.
	talking, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	group.Go(func() error { return serve(public, listeners.Public) })
	if listeners.Certificates != nil {
		group.Go(func() error { return serve(certificates, listeners.Certificates) })
	}
	group.Go(func() error {
		newWorker(s.Domain.Jobs, s.logger, s.source.Now, s.wakeups, s.metrics).run(stop, s.config.ShutdownTimeout)
		return nil
	})
	group.Go(func() error {
		s.watchDisk(stop)
		return nil
	})
	group.Go(func() error {
		s.storeUsage(talking)
		return nil
	})
	group.Go(func() error {
		s.followSettings(talking)
		return nil
	})
	group.Go(func() error { return s.bus.Run(talking) })
	group.Go(func() error {
		return cache.NewWatcher(s.bus, s.Store.CacheVersions, func() { s.forgetKeys(talking) }, s.logger).Run(talking)
	})
	group.Go(func() error { return s.serveMetrics(stop) })
	group.Go(func() error {
		defer hangUp()
		<-stop.Done()
		s.draining.Store(true)
		if s.config.ShutdownDelay > 0 && ctx.Err() != nil {
			s.logger.InfoContext(context.WithoutCancel(ctx), "stopping: not ready any more", "delay", s.config.ShutdownDelay.String())
			<-time.After(s.config.ShutdownDelay)
		}
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.ShutdownTimeout)
		defer cancel()
		s.logger.InfoContext(drain, "stopping: requests in flight may finish")
		if err := errors.Join(public.Shutdown(drain), certificates.Shutdown(drain)); err != nil {
			return fmt.Errorf("stop: %w", err)
		}
		return nil
	})
	return group.Wait()
}

func (s *Server) newHTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(s.logger.Handler(), slog.LevelDebug),
	}
}

func serve(server *http.Server, listener net.Listener) error {
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
