package server

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/authly/authly/identity"
)

// jobMetrics are what operators watch of the jobs. The only names in labels are kinds and ends.
type jobMetrics struct {
	ends     *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newJobMetrics() jobMetrics {
	return jobMetrics{
		ends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authly_jobs_total", Help: "Attempts at jobs by kind and how they ended.",
		}, []string{"kind", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "authly_job_duration_seconds", Help: "Time that an attempt took by kind.",
			Buckets: []float64{.005, .025, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
		}, []string{"kind"}),
	}
}

// observeJob counts and times an attempt.
func (m *metrics) observeJob(kind string, end identity.JobEnd, took time.Duration) {
	m.jobs.ends.WithLabelValues(kind, string(end)).Inc()
	m.jobs.duration.WithLabelValues(kind).Observe(took.Seconds())
}

// watchJobs adds what the jobs did and what waits.
func (m *metrics) watchJobs(jobs *identity.Jobs, now func() time.Time) {
	label := []string{"kind"}
	m.registry.MustRegister(m.jobs.ends, m.jobs.duration, backlog{
		jobs: jobs, now: now,
		due: prometheus.NewDesc("authly_jobs_due", "Jobs that are due and that no node runs, by kind.", label, nil),
		age: prometheus.NewDesc("authly_jobs_oldest_due_seconds", "For how long the oldest of them has been due, by kind.", label, nil),
	})
}

// backlog asks the database for what waits whenever Prometheus asks.
type backlog struct {
	jobs     *identity.Jobs
	now      func() time.Time
	due, age *prometheus.Desc
}

// backlogTimeout bounds how long a scrape waits for the database.
const backlogTimeout = 2 * time.Second

// Describe implements prometheus.Collector.
func (b backlog) Describe(to chan<- *prometheus.Desc) { to <- b.due; to <- b.age }

// Collect implements prometheus.Collector. Every kind has a value, so that one without jobs is seen to be 0; when the
// database is away there is none.
func (b backlog) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), backlogTimeout)
	defer cancel()
	list, err := b.jobs.Backlogs(ctx)
	if err != nil {
		return
	}
	now := b.now()
	waiting := map[string]identity.JobBacklog{}
	for kind := range b.jobs.Policies() {
		waiting[kind] = identity.JobBacklog{Kind: kind, Oldest: now}
	}
	for _, l := range list {
		waiting[l.Kind] = l
	}
	for kind, l := range waiting {
		to <- prometheus.MustNewConstMetric(b.due, prometheus.GaugeValue, float64(l.Due), kind)
		to <- prometheus.MustNewConstMetric(b.age, prometheus.GaugeValue, max(0, now.Sub(l.Oldest).Seconds()), kind)
	}
}
