package engine

import (
	"sync/atomic"
)

// counters count what the engine did since it was opened.
type counters struct {
	queriesStarted atomic.Int64
	queriesEnded   [4]atomic.Int64 // by endings
	eventsScanned  atomic.Int64
	bytesScanned   atomic.Int64
	eventsImported atomic.Int64
	eventsPut      atomic.Int64

	recordsRejected atomic.Int64
}

// endings are the final states of queries, as they are counted.
var endings = [4]QueryStatus{QueryFinished, QueryFailed, QueryCancelled, QueryTimedOut}

func (c *counters) ended(r queryRecord) {
	for i, s := range endings {
		if s == r.Status {
			c.queriesEnded[i].Add(1)
		}
	}
	c.eventsScanned.Add(r.EventsScanned)
	c.bytesScanned.Add(r.BytesScanned)
}

// Metric is one figure for monitoring.
type Metric struct {
	Name   string // Prometheus style: traillake_store_events
	Help   string
	Type   string // counter or gauge
	Labels map[string]string
	Value  float64
}

// Metrics returns the engine's figures as of now.
func (e *Engine) Metrics() []Metric {
	out := []Metric{
		{Name: "traillake_queries_started_total", Help: "Queries started.", Type: "counter", Value: float64(e.counters.queriesStarted.Load())},
		{Name: "traillake_events_scanned_total", Help: "Rows that queries read.", Type: "counter", Value: float64(e.counters.eventsScanned.Load())},
		{Name: "traillake_bytes_scanned_total", Help: "Compressed bytes that queries read.", Type: "counter", Value: float64(e.counters.bytesScanned.Load())},
		{Name: "traillake_events_imported_total", Help: "Rows that imports added.", Type: "counter", Value: float64(e.counters.eventsImported.Load())},
		{Name: "traillake_events_put_total", Help: "Live events that were stored.", Type: "counter", Value: float64(e.counters.eventsPut.Load())},
		{Name: "traillake_records_rejected_total", Help: "What live sources brought that is no event.", Type: "counter", Value: float64(e.counters.recordsRejected.Load())},
	}
	for i, s := range endings {
		out = append(out, Metric{
			Name: "traillake_queries_ended_total", Help: "Queries ended, by final state.", Type: "counter",
			Labels: map[string]string{"status": string(s)}, Value: float64(e.counters.queriesEnded[i].Load()),
		})
	}
	e.mu.Lock()
	stores := make([]*store, 0, len(e.stores))
	for _, s := range e.stores {
		stores = append(stores, s)
	}
	running := 0
	for _, job := range e.imports {
		if job.stop != nil {
			running++
		}
	}
	e.mu.Unlock()
	out = append(out, Metric{Name: "traillake_imports_running", Help: "Imports that run now.", Type: "gauge", Value: float64(running)})
	for _, s := range stores {
		d := s.onDisk()
		labels := map[string]string{"store": s.id} // no names: the page needs no credentials
		out = append(out,
			Metric{Name: "traillake_store_events", Help: "Rows a store holds.", Type: "gauge", Labels: labels, Value: float64(d.events)},
			Metric{Name: "traillake_store_bytes", Help: "Bytes of a store's segments.", Type: "gauge", Labels: labels, Value: float64(d.bytes)},
			Metric{Name: "traillake_store_segments", Help: "Segments of a store.", Type: "gauge", Labels: labels, Value: float64(d.segments)},
			Metric{Name: "traillake_store_version", Help: "Version of a store's commit log.", Type: "gauge", Labels: labels, Value: float64(d.version)},
		)
	}
	return out
}
