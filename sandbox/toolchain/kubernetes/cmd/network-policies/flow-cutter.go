package main

import (
	"context"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/vishvananda/netlink"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/kube-network-policies/pkg/network"
)

// Changes come in bursts (one deployment touches many objects); one look at all flows serves them together.
const cutDelay = 500 * time.Millisecond

var protocols = map[uint8]corev1.Protocol{6: corev1.ProtocolTCP, 17: corev1.ProtocolUDP, 132: corev1.ProtocolSCTP}

// flowCutter makes a change of policies hold for flows that are already open. It has the kernel forget those
// that are denied now, so that their next packet is judged like a first one.
type flowCutter struct {
	judge    *judge
	counters *counters
	changed  chan struct{}
}

func newFlowCutter(judge *judge, counters *counters) *flowCutter {
	return &flowCutter{judge: judge, counters: counters, changed: make(chan struct{}, 1)}
}

// watch notes the changes that can turn an allowed flow into a denied one.
func (f *flowCutter) watch(factory informers.SharedInformerFactory) error {
	note := func() {
		select {
		case f.changed <- struct{}{}:
		default:
		}
	}
	every := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { note() },
		UpdateFunc: func(any, any) { note() },
		DeleteFunc: func(any) { note() },
	}
	relabelled := cache.ResourceEventHandlerFuncs{UpdateFunc: func(before, after any) {
		if !sameLabels(before, after) {
			note()
		}
	}}
	if _, err := factory.Networking().V1().NetworkPolicies().Informer().AddEventHandler(every); err != nil {
		return err
	}
	if _, err := factory.Core().V1().Pods().Informer().AddEventHandler(relabelled); err != nil {
		return err
	}
	_, err := factory.Core().V1().Namespaces().Informer().AddEventHandler(relabelled)
	return err
}

func sameLabels(before, after any) bool {
	type labelled interface{ GetLabels() map[string]string }
	first, ok := before.(labelled)
	second, also := after.(labelled)
	return ok && also && maps.Equal(first.GetLabels(), second.GetLabels())
}

func (f *flowCutter) run(ctx context.Context) {
	for {
		f.cut(ctx)
		select {
		case <-ctx.Done():
			return
		case <-f.changed:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(cutDelay):
		}
		// Changes of the meantime are part of this look.
		select {
		case <-f.changed:
		default:
		}
	}
}

func (f *flowCutter) cut(ctx context.Context) {
	local := localAddresses()
	denied := deniedFlows{judge: f.judge, ctx: ctx, local: local}
	count, err := netlink.ConntrackDeleteFilters(netlink.ConntrackTable, netlink.FAMILY_V4, &denied)
	if err != nil {
		slog.Warn("could not look through all open flows", "error", err)
	}
	if count > 0 {
		f.counters.cut.Add(int64(count))
		slog.Info("cut flows that are no longer allowed", "count", count)
	}
}

// deniedFlows matches open flows that would not be accepted now.
type deniedFlows struct {
	judge *judge
	ctx   context.Context
	local []netip.Addr
}

func (d *deniedFlows) MatchConntrackFlow(flow *netlink.ConntrackFlow) bool {
	protocol, ok := protocols[flow.Forward.Protocol]
	if !ok {
		return false
	}
	// Where the answers come from is where the packets go, after Service translation.
	source, destination := flow.Forward.SrcIP, flow.Reverse.SrcIP
	from, _ := netip.AddrFromSlice(source)
	to, _ := netip.AddrFromSlice(destination)
	from, to = from.Unmap(), to.Unmap()
	pods := d.judge.options.podCIDR
	if !pods.Contains(from) && !pods.Contains(to) || slices.Contains(d.local, from) {
		return false
	}
	result := d.judge.decide(d.ctx, &network.Packet{
		Family: corev1.IPv4Protocol, SrcIP: source, DstIP: destination, Proto: protocol,
		SrcPort: int(flow.Forward.SrcPort), DstPort: int(flow.Reverse.SrcPort),
	})
	// The flows of a pod that has gone end by themselves.
	return !result.allow && !result.unknown
}

// localAddresses are those of the host: what it sends itself is never judged.
func localAddresses() []netip.Addr {
	var result []netip.Addr
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		slog.Warn("could not read the addresses of this host", "error", err)
	}
	for _, address := range addresses {
		if prefix, err := netip.ParsePrefix(address.String()); err == nil {
			result = append(result, prefix.Addr())
		}
	}
	return result
}
