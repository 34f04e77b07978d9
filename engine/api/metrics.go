package api

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/traillake/traillake/engine"
)

// collector hands the engine's figures to Prometheus as they are when it asks.
type collector struct{ engine Operator }

// Describe implements prometheus.Collector. It names nothing, because what the
// engine counts depends on its stores: an "unchecked" collector.
func (collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) {
	for _, m := range c.engine.Metrics() {
		out <- toPrometheus(m)
	}
}

func toPrometheus(m engine.Metric) prometheus.Metric {
	names := make([]string, 0, len(m.Labels))
	for name := range m.Labels {
		names = append(names, name)
	}
	slices.Sort(names)
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = m.Labels[name]
	}
	desc := prometheus.NewDesc(m.Name, m.Help, names, nil)
	kind := prometheus.GaugeValue
	if m.Type == "counter" {
		kind = prometheus.CounterValue
	}
	metric, err := prometheus.NewConstMetric(desc, kind, m.Value, values...)
	if err != nil {
		return prometheus.NewInvalidMetric(desc, err)
	}
	return metric
}
