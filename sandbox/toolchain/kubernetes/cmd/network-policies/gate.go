package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/florianl/go-nfqueue/v2"
	"sigs.k8s.io/kube-network-policies/pkg/network"
)

const (
	// Addresses and ports are in the first 120 bytes: two headers with all their options.
	packetBytes = 128
	// Packets in the kernel's queue; further ones are dropped there.
	queueLength = 4096
	// Packets that wait for a pod to become known. Well below queueLength, so that a pod that sends from an
	// unknown address cannot fill the queue for all others.
	heldPackets = 1024
	// Between two looks whether a pod has become known.
	holdStep = 50 * time.Millisecond
	// Bursts of new flows arrive faster than they are judged; what does not fit is lost.
	receiveBuffer = 4 << 20
)

// gate takes packets from the kernel's queue and gives each its verdict.
type gate struct {
	options  options
	judge    *judge
	counters *counters
	drops    *dropLog
	queue    *nfqueue.Nfqueue
	held     chan struct{}
}

func newGate(options options, judge *judge, counters *counters) *gate {
	return &gate{
		options: options, judge: judge, counters: counters,
		drops: newDropLog(options.logDrops), held: make(chan struct{}, heldPackets),
	}
}

// open starts to take packets. A queue that breaks later calls fail: better to end, and be restarted, than
// to look alive while every new flow is dropped.
func (g *gate) open(ctx context.Context, fail context.CancelCauseFunc) error {
	queue, err := nfqueue.Open(&nfqueue.Config{
		NfQueue:      g.options.queue,
		MaxPacketLen: packetBytes,
		MaxQueueLen:  queueLength,
		Copymode:     nfqueue.NfQnlCopyPacket,
		// Large packets stay whole; splitting them costs time and breaks SCTP checksums.
		Flags:        nfqueue.NfQaCfgFlagGSO,
		WriteTimeout: 100 * time.Millisecond,
	})
	if err != nil {
		return fmt.Errorf("netfilter queue %d: %w", g.options.queue, err)
	}
	// Needs CAP_NET_ADMIN in the first user namespace; without it the buffer is only smaller.
	_ = queue.Con.SetReadBuffer(receiveBuffer)
	g.queue = queue

	failures := 0
	receive := func(attribute nfqueue.Attribute) int {
		failures = 0
		g.receive(ctx, attribute)
		return 0
	}
	onError := func(err error) int {
		if ctx.Err() != nil {
			return 1
		}
		// A full buffer loses packets, which are dropped, and is no reason to end.
		failures++
		if failures < 100 {
			return 0
		}
		fail(fmt.Errorf("netfilter queue %d: %w", g.options.queue, err))
		return 1
	}
	if err := queue.RegisterWithErrorFunc(ctx, receive, onError); err != nil {
		return fmt.Errorf("netfilter queue %d (is another program using it?): %w", g.options.queue, err)
	}
	return nil
}

func (g *gate) close() {
	_ = g.queue.Close()
}

func (g *gate) receive(ctx context.Context, attribute nfqueue.Attribute) {
	if attribute.PacketID == nil {
		return
	}
	id := *attribute.PacketID
	packet, err := parse(attribute.Payload)
	if err != nil {
		g.counters.dropped("malformed")
		slog.Warn("dropped a packet that cannot be read", "error", err)
		g.answer(id, false)
		return
	}
	result := g.judge.decide(ctx, &packet)
	if !result.unknown {
		g.settle(id, &packet, result)
		return
	}
	select {
	case g.held <- struct{}{}:
		go func() {
			defer func() { <-g.held }()
			g.settle(id, &packet, g.await(ctx, &packet))
		}()
	default:
		g.settle(id, &packet, result)
	}
}

// await asks again until both pods are known or the time is up.
func (g *gate) await(ctx context.Context, packet *network.Packet) verdict {
	deadline := time.Now().Add(g.options.hold)
	for {
		result := g.judge.decide(ctx, packet)
		if !result.unknown || time.Now().After(deadline) {
			return result
		}
		select {
		case <-ctx.Done():
			return result
		case <-time.After(holdStep):
		}
	}
}

func (g *gate) settle(id uint32, packet *network.Packet, result verdict) {
	g.answer(id, result.allow)
	if result.allow {
		g.counters.accepted.Add(1)
		return
	}
	cause := result.direction
	if cause == "" {
		cause = "address"
	}
	g.counters.dropped(cause)
	g.drops.write(packet, result)
}

func (g *gate) answer(id uint32, allow bool) {
	verdict := nfqueue.NfDrop
	if allow {
		verdict = nfqueue.NfAccept
	}
	if err := g.queue.SetVerdict(id, verdict); err != nil {
		slog.Warn("the kernel did not take a verdict", "error", err)
	}
}

// parse reads the headers. The kernel has checked them (state INVALID never gets here), but this program must
// not end by a packet that a pod crafted: then nobody could open a flow.
func parse(payload *[]byte) (packet network.Packet, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("%v", problem)
		}
	}()
	if payload == nil {
		return packet, network.ErrorTooShort
	}
	packet, err = network.ParsePacket(*payload)
	// The bytes belong to the netlink buffer; a held packet must not keep them.
	packet.Payload = nil
	return packet, err
}
