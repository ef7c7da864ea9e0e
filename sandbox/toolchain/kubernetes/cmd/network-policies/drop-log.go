package main

import (
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"
	"sigs.k8s.io/kube-network-policies/pkg/network"
)

// How long a flow that is tried again and again stays silent after its line.
const dropSilence = 10 * time.Second

// dropLog writes dropped flows, so that a user sees why a connection hangs. It is limited: a pod that scans
// the network must not fill the disk.
type dropLog struct {
	enabled bool
	limiter *rate.Limiter
	mutex   sync.Mutex
	written map[string]time.Time
}

func newDropLog(enabled bool) *dropLog {
	return &dropLog{enabled: enabled, limiter: rate.NewLimiter(20, 100), written: map[string]time.Time{}}
}

func (l *dropLog) write(packet *network.Packet, result verdict) {
	if !l.enabled || !l.due(packet, result) {
		return
	}
	protocol := string(packet.Proto)
	if protocol == "" {
		protocol = "other"
	}
	direction := result.direction
	if direction == "" {
		direction = "none"
	}
	slog.Warn("dropped", "direction", direction, "protocol", protocol,
		"source", result.source, "destination", result.destination, "reason", result.reason)
}

// due is false for a flow that had a line a moment ago. The source port is not part of a flow here: every
// new try has another one.
func (l *dropLog) due(packet *network.Packet, result verdict) bool {
	key := packet.SrcIP.String() + " " + string(packet.Proto) + " " + result.destination + " " + result.direction
	now := time.Now()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if now.Sub(l.written[key]) < dropSilence || !l.limiter.Allow() {
		return false
	}
	if len(l.written) >= 4096 {
		clear(l.written)
	}
	l.written[key] = now
	return true
}
