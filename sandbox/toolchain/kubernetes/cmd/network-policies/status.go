package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// state is the reason why policies are not enforced right now; empty when they are.
type state struct {
	mutex  sync.Mutex
	reason string
}

func (s *state) set(reason string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.reason = reason
}

func (s *state) ServeHTTP(response http.ResponseWriter, _ *http.Request) {
	s.mutex.Lock()
	reason := s.reason
	s.mutex.Unlock()
	if reason != "" {
		http.Error(response, reason, http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(response, "ok")
}

// counters are kept since the start, in packets that opened or tried to open a flow.
type counters struct {
	accepted, egress, ingress, address, malformed, cut atomic.Int64
}

func (c *counters) dropped(cause string) {
	switch cause {
	case "egress":
		c.egress.Add(1)
	case "ingress":
		c.ingress.Add(1)
	case "malformed":
		c.malformed.Add(1)
	default:
		c.address.Add(1)
	}
}

func (c *counters) ServeHTTP(response http.ResponseWriter, _ *http.Request) {
	response.Header().Set("Content-Type", "text/plain; version=0.0.4")
	const dropped = "saas_network_policies_dropped_total"
	fmt.Fprintf(response, "# TYPE saas_network_policies_accepted_total counter\nsaas_network_policies_accepted_total %d\n", c.accepted.Load())
	fmt.Fprintf(response, "# TYPE %s counter\n", dropped)
	fmt.Fprintf(response, "%s{cause=\"egress\"} %d\n", dropped, c.egress.Load())
	fmt.Fprintf(response, "%s{cause=\"ingress\"} %d\n", dropped, c.ingress.Load())
	fmt.Fprintf(response, "%s{cause=\"address\"} %d\n", dropped, c.address.Load())
	fmt.Fprintf(response, "%s{cause=\"malformed\"} %d\n", dropped, c.malformed.Load())
	fmt.Fprintf(response, "# TYPE saas_network_policies_cut_flows_total counter\nsaas_network_policies_cut_flows_total %d\n", c.cut.Load())
}

// serve answers /healthz and, if asked for, /metrics until ctx ends.
func serve(ctx context.Context, options options, state *state, counters *counters) error {
	if err := listen(ctx, "--healthz", options.healthz, "/healthz", state); err != nil {
		return err
	}
	return listen(ctx, "--metrics", options.metrics, "/metrics", counters)
}

func listen(ctx context.Context, flag, address, path string, handler http.Handler) error {
	if address == "" {
		return nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	mux := http.NewServeMux()
	mux.Handle(path, handler)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return nil
}
