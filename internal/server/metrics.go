package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/authly/authly/internal/cache"
	"github.com/authly/authly/internal/middleware"
)

// metrics are what operators watch. Labels hold route patterns and statuses only: never a path, a name or a token.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	jobs     jobMetrics
	watch    watch
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(), jobs: newJobMetrics(), watch: newWatch(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authly_http_requests_total", Help: "Requests by route pattern, method and status.",
		}, []string{"route", "method", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "authly_http_request_duration_seconds", Help: "Time to answer by route pattern.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"route"}),
	}
	m.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests, m.duration,
		m.watch.federated, m.watch.mailed,
	)
	for pool := range s.Store.Stats() {
		gauge := func(name, help string, read func() float64) {
			m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Name: name, Help: help, ConstLabels: prometheus.Labels{"pool": pool},
			}, read))
		}
		gauge("authly_db_connections_in_use", "Connections that run a statement.", func() float64 { return float64(s.Store.Stats()[pool].InUse) })
		gauge("authly_db_wait_seconds_total", "Time spent waiting for a connection.", func() float64 {
			return s.Store.Stats()[pool].WaitDuration.Seconds()
		})
	}
	return m
}

// watchCache adds how often lookups of the store, and responses of the admin API unless they are not cached, were
// found.
func (m *metrics) watchCache(lookups *cache.LocalCache, responses *cache.ResponseCache) {
	counter := func(of, result string, read func() uint64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "authly_cache_lookups_total", Help: "Lookups by what was looked up and whether it was in memory, in Redis, or had to be read.",
			ConstLabels: prometheus.Labels{"of": of, "result": result},
		}, func() float64 { return float64(read()) }))
	}
	counter("lookup", "hit", func() uint64 { hits, _ := lookups.Stats(); return hits })
	counter("lookup", "miss", func() uint64 { _, misses := lookups.Stats(); return misses })
	if responses == nil {
		return
	}
	counter("answer", "hit", func() uint64 { local, _, _ := responses.Stats(); return local })
	counter("answer", "redis", func() uint64 { _, redis, _ := responses.Stats(); return redis })
	counter("answer", "miss", func() uint64 { _, _, misses := responses.Stats(); return misses })
}

// observe counts and times every request.
func (m *metrics) observe(now func() time.Time) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := now()
			recorder := middleware.Record(w)
			defer func() {
				route := middleware.RoutePattern(r)
				status := recorder.Status
				if status == 0 {
					status = http.StatusOK
				}
				m.requests.WithLabelValues(route, method(r.Method), strconv.Itoa(status)).Inc()
				m.duration.WithLabelValues(route).Observe(now().Sub(began).Seconds())
			}()
			next.ServeHTTP(recorder, r)
		})
	}
}

// method keeps the label within bounds: a client may send any word.
func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodHead, http.MethodOptions, http.MethodDelete:
		return name
	}
	return "other"
}

// serveMetrics serves Prometheus on its own listener until ctx ends. A node that cannot open it still serves
// everything else.
func (s *Server) serveMetrics(ctx context.Context) error {
	if s.config.MetricsAddr == "" {
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", s.config.MetricsAddr)
	if err != nil {
		s.logger.WarnContext(ctx, "no metrics: the listener cannot be opened", "cause", err.Error())
		return nil
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: readHeaderTimeout, WriteTimeout: writeTimeout}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}
