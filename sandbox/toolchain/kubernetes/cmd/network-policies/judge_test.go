package main

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/kube-network-policies/pkg/network"
)

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"kubernetes.io/metadata.name": name}}}
}

// pod has the label app=name and a port of that name, 6379.
func pod(namespace, name, ip string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": name}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: name, Ports: []corev1.ContainerPort{{Name: name, ContainerPort: 6379, Protocol: corev1.ProtocolTCP}},
		}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, PodIP: ip, PodIPs: []corev1.PodIP{{IP: ip}}},
	}
}

func policy(namespace, name, app string, spec networkingv1.NetworkPolicySpec) *networkingv1.NetworkPolicy {
	if app != "" {
		spec.PodSelector = metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}
	}
	return &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: spec}
}

func defaultDeny(namespace string) *networkingv1.NetworkPolicy {
	return policy(namespace, "default-deny", "", networkingv1.NetworkPolicySpec{
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
	})
}

func peer(namespace, app string) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{
		NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": namespace}},
		PodSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}},
	}
}

func block(cidr string, except ...string) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: cidr, Except: except}}
}

func port(protocol corev1.Protocol, port any, end ...int32) networkingv1.NetworkPolicyPort {
	value := intstr.FromString("")
	switch port := port.(type) {
	case int:
		value = intstr.FromInt32(int32(port))
	case string:
		value = intstr.FromString(port)
	}
	result := networkingv1.NetworkPolicyPort{Protocol: &protocol, Port: &value}
	if len(end) > 0 {
		result.EndPort = &end[0]
	}
	return result
}

func allowIngress(namespace, name, app string, from networkingv1.NetworkPolicyPeer, ports ...networkingv1.NetworkPolicyPort) *networkingv1.NetworkPolicy {
	return policy(namespace, name, app, networkingv1.NetworkPolicySpec{
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
		Ingress:     []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{from}, Ports: ports}},
	})
}

func allowEgress(namespace, name, app string, to networkingv1.NetworkPolicyPeer, ports ...networkingv1.NetworkPolicyPort) *networkingv1.NetworkPolicy {
	return policy(namespace, name, app, networkingv1.NetworkPolicySpec{
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress},
		Egress:      []networkingv1.NetworkPolicyEgressRule{{To: []networkingv1.NetworkPolicyPeer{to}, Ports: ports}},
	})
}

func judgeOf(t *testing.T, objects ...runtime.Object) *judge {
	t.Helper()
	factory := informers.NewSharedInformerFactory(fake.NewClientset(objects...), 0)
	judge, err := newJudge(testOptions(), factory)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(stop)
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			t.Fatalf("cache of %s not synced", kind)
		}
	}
	return judge
}

func packet(protocol corev1.Protocol, from, to string, toPort int) *network.Packet {
	return &network.Packet{
		Family: corev1.IPv4Protocol, Proto: protocol, SrcIP: net.ParseIP(from), DstIP: net.ParseIP(to), SrcPort: 40000, DstPort: toPort,
	}
}

func TestVerdicts(t *testing.T) {
	const tcp, udp, sctp = corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP
	ended := pod("app", "ended", "10.89.0.11")
	ended.Status.Phase = corev1.PodSucceeded
	open := policy("open", "empty-list", "", networkingv1.NetworkPolicySpec{
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
		Ingress:     []networkingv1.NetworkPolicyIngressRule{},
	})
	judge := judgeOf(t,
		namespace("app"), namespace("data"), namespace("free"), namespace("open"),
		pod("app", "api", "10.89.0.10"), ended, pod("data", "redis", "10.89.0.11"), pod("free", "any", "10.89.0.12"),
		pod("open", "web", "10.89.0.13"), pod("late", "early", "10.89.0.14"),
		defaultDeny("app"), defaultDeny("data"), open,
		allowEgress("app", "to-redis", "api", peer("data", "redis"), port(tcp, "redis"), port(sctp, 9000), port(udp, 5000, 5010)),
		allowEgress("app", "to-api-server", "api", block("10.89.0.1/32"), port(tcp, 6443)),
		allowEgress("app", "to-internet", "api", block("0.0.0.0/0", "10.0.0.0/8"), port(tcp, 443)),
		allowIngress("data", "from-api", "redis", peer("app", "api"), port(tcp, "redis"), port(sctp, 9000), port(udp, 5000, 5010)),
	)
	for _, test := range []struct {
		promise   string
		packet    *network.Packet
		allow     bool
		unknown   bool
		direction string
		reason    string
	}{
		{promise: "a named port is open", packet: packet(tcp, "10.89.0.10", "10.89.0.11", 6379), allow: true},
		{promise: "another port is not", packet: packet(tcp, "10.89.0.10", "10.89.0.11", 6380), direction: "egress",
			reason: "no egress rule of app/{default-deny,to-api-server,to-internet,to-redis} allows it"},
		{promise: "another protocol is not", packet: packet(udp, "10.89.0.10", "10.89.0.11", 6379), direction: "egress"},
		{promise: "SCTP is judged", packet: packet(sctp, "10.89.0.10", "10.89.0.11", 9000), allow: true},
		{promise: "the last port of a range is open", packet: packet(udp, "10.89.0.10", "10.89.0.11", 5010), allow: true},
		{promise: "the port after a range is not", packet: packet(udp, "10.89.0.10", "10.89.0.11", 5011), direction: "egress"},
		{promise: "a stranger is refused by the receiver", packet: packet(tcp, "10.89.0.12", "10.89.0.11", 6379), direction: "ingress",
			reason: "no ingress rule of data/{default-deny,from-api} allows it"},
		{promise: "a pod without policies may leave", packet: packet(tcp, "10.89.0.12", "192.0.2.7", 80), allow: true},
		{promise: "ICMP does not pass a default deny", packet: packet("", "10.89.0.10", "192.0.2.7", 0), direction: "egress"},
		{promise: "the API server is its node address", packet: packet(tcp, "10.89.0.10", "10.89.0.1", 6443), allow: true},
		{promise: "other ports of the node stay closed", packet: packet(tcp, "10.89.0.10", "10.89.0.1", 10250), direction: "egress"},
		{promise: "the internet is open", packet: packet(tcp, "10.89.0.10", "192.0.2.7", 443), allow: true},
		{promise: "an exception of a block is not", packet: packet(tcp, "10.89.0.10", "10.1.2.3", 443), direction: "egress"},
		{promise: "an outside peer is refused", packet: packet(tcp, "192.0.2.7", "10.89.0.11", 6379), direction: "ingress"},
		{promise: "an empty list of rules denies", packet: packet(tcp, "10.89.0.12", "10.89.0.13", 80), direction: "ingress"},
		{promise: "a pod always reaches itself", packet: packet(tcp, "10.89.0.10", "10.89.0.10", 1), allow: true},
		{promise: "multicast is dropped", packet: packet(udp, "10.89.0.12", "224.0.0.251", 5353), reason: "multicast and broadcast between pods are not supported"},
		{promise: "an unknown source is not taken for an outside peer", packet: packet(tcp, "10.89.9.9", "192.0.2.7", 443), unknown: true,
			reason: "no pod is known at the source address"},
		{promise: "an unknown destination is not either", packet: packet(tcp, "10.89.0.12", "10.89.9.9", 443), unknown: true,
			reason: "no pod is known at the destination address"},
		{promise: "a pod whose namespace has not arrived is unknown", packet: packet(tcp, "10.89.0.14", "192.0.2.7", 443), unknown: true},
	} {
		got := judge.decide(context.Background(), test.packet)
		if got.allow != test.allow || got.unknown != test.unknown || got.direction != test.direction ||
			test.reason != "" && got.reason != test.reason {
			t.Errorf("%s: got %+v", test.promise, got)
		}
	}
}

func TestADroppedFlowNamesBothPods(t *testing.T) {
	judge := judgeOf(t, namespace("app"), namespace("data"), pod("app", "api", "10.89.0.10"), pod("data", "redis", "10.89.0.11"), defaultDeny("data"))
	got := judge.decide(context.Background(), packet(corev1.ProtocolTCP, "10.89.0.10", "10.89.0.11", 6379))
	if got.source != "app/api (10.89.0.10:40000)" || got.destination != "data/redis (10.89.0.11:6379)" {
		t.Errorf("got %+v", got)
	}
}

func TestARepeatedDropIsLoggedOnce(t *testing.T) {
	log := newDropLog(true)
	one := packet(corev1.ProtocolTCP, "10.89.0.10", "10.89.0.11", 6379)
	if !log.due(one, verdict{direction: "egress", destination: "a"}) || log.due(one, verdict{direction: "egress", destination: "a"}) {
		t.Error("want one line")
	}
	if !log.due(one, verdict{direction: "egress", destination: "b"}) {
		t.Error("another destination is another flow")
	}
}

func TestACraftedPacketCannotEndTheProgram(t *testing.T) {
	whole := append([]byte{0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 89, 0, 10, 10, 89, 0, 11}, make([]byte, 20)...)
	for length := range whole {
		payload := whole[:length]
		if _, err := parse(&payload); err == nil {
			t.Errorf("%d bytes of a TCP packet were accepted", length)
		}
	}
	if _, err := parse(nil); err == nil || !strings.Contains(err.Error(), "short") {
		t.Errorf("got %v", err)
	}
}
