package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

const (
	insideVariable = "NETWORK_POLICIES_LIVE"
	// Time for a packet that must not arrive. TCP sends again after one second, so a slow answer would show.
	silence = 2 * time.Second
	// Time for what must happen; long, because a loaded machine is slow.
	patience = 20 * time.Second
)

// TestLive sends real packets between network namespaces. The whole host is a namespace of its own as well,
// so nothing of this machine is touched, and all is gone when the test process ends.
func TestLive(t *testing.T) {
	if os.Getenv(insideVariable) == "" {
		for _, program := range []string{"unshare", "iptables", "ip6tables", "nft"} {
			if _, err := exec.LookPath(program); err != nil || os.Geteuid() != 0 {
				t.Skip("needs root, unshare, iptables and nft")
			}
		}
		command := exec.Command("unshare", "--net", os.Args[0], "-test.run", "^TestLive$", "-test.v", "-test.timeout", "5m")
		command.Env = append(os.Environ(), insideVariable+"=1")
		output, err := command.CombinedOutput()
		t.Logf("%s", output)
		if err != nil {
			t.Fatal(err)
		}
		return
	}

	host := newHost(t)
	api := host.pod(t, "10.89.0.10")
	redis := host.pod(t, "10.89.0.11")
	stranger := host.pod(t, "10.89.0.12")
	late := host.pod(t, "10.89.0.13")
	redis.serve(t, "tcp4", "10.89.0.11:6379")
	redis.serve(t, "tcp4", "10.89.0.11:6380")
	redis.serve(t, "tcp6", "[::]:6381")
	redis.serve(t, "udp4", "10.89.0.11:53")
	stranger.serve(t, "udp4", "10.89.0.12:53")
	stranger.serve(t, "tcp4", "10.89.0.12:7000")
	api.serve(t, "tcp4", "10.89.0.10:8080")
	host.serve(t, "tcp4", "10.89.0.1:6443")
	host.serve(t, "tcp4", "10.89.0.1:10250")
	// What kube-proxy does, for one Service of TCP and for DNS with two servers.
	host.command(t, `table ip services {
		chain prerouting {
			type nat hook prerouting priority dstnat;
			ip daddr 10.90.0.20 tcp dport 80 dnat to 10.89.0.11:6379
			ip daddr 10.90.0.10 udp dport 53 dnat to numgen inc mod 2 map { 0: 10.89.0.11, 1: 10.89.0.12 }
		}
	}`, "nft", "-f", "-")
	linkLocal := redis.linkLocal(t)

	t.Run("before it runs, everything is open", func(t *testing.T) {
		for _, address := range []string{"10.89.0.11:6379", "10.90.0.20:80", "10.89.0.1:10250", linkLocal} {
			eventually(t, func() error { return stranger.talk(address) })
		}
	})

	client := fake.NewClientset(
		namespace("app"), namespace("data"), namespace("free"),
		pod("app", "api", "10.89.0.10"), pod("data", "redis", "10.89.0.11"), pod("free", "stranger", "10.89.0.12"),
	)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	options := testOptions()
	options.healthz, options.hold, options.logDrops = "127.0.0.1:10389", 2*time.Second, true
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, options, client) }()
	eventually(t, func() error { return healthy(options.healthz) })

	t.Run("pods without policies reach each other", func(t *testing.T) {
		for _, address := range []string{"10.89.0.11:6379", "10.90.0.20:80", "10.89.0.1:10250"} {
			allowed(t, stranger, address)
		}
	})
	t.Run("IPv6 link-local addresses are no way round policies", func(t *testing.T) {
		denied(t, stranger, linkLocal)
	})
	t.Run("parallel DNS queries through a Service with two servers are all answered", func(t *testing.T) {
		for range 50 {
			if err := api.twoQueries("10.90.0.10:53"); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("a default deny closes pods to each other but not to the host", func(t *testing.T) {
		apply(t, client, defaultDeny("data"))
		apply(t, client, defaultDeny("app"))
		denied(t, stranger, "10.89.0.11:6379")
		denied(t, stranger, "10.90.0.20:80")
		denied(t, stranger, "udp 10.89.0.11:53")
		denied(t, api, "10.89.0.12:53")
		denied(t, api, "10.89.0.1:6443")
		allowed(t, host.node, "10.89.0.11:6379")
		allowed(t, host.node, "10.89.0.10:8080")
	})
	t.Run("rules open exactly one peer and port, also behind a Service", func(t *testing.T) {
		apply(t, client, allowIngress("data", "from-api", "redis", peer("app", "api"), port(corev1.ProtocolTCP, "redis")))
		apply(t, client, allowEgress("app", "to-redis", "api", peer("data", "redis"), port(corev1.ProtocolTCP, "redis")))
		allowed(t, api, "10.89.0.11:6379")
		allowed(t, api, "10.90.0.20:80")
		denied(t, api, "10.89.0.11:6380")
		denied(t, stranger, "10.89.0.11:6379")
	})
	t.Run("egress to the API server is the node's address and one port", func(t *testing.T) {
		apply(t, client, allowEgress("app", "to-api-server", "api", block("10.89.0.1/32"), port(corev1.ProtocolTCP, 6443)))
		allowed(t, api, "10.89.0.1:6443")
		denied(t, api, "10.89.0.1:10250")
	})
	t.Run("a withdrawn rule cuts connections that are open, and only those", func(t *testing.T) {
		cut, kept := api.dial(t, "10.90.0.20:80"), api.dial(t, "10.89.0.1:6443")
		fromHost := host.node.dial(t, "10.89.0.11:6379")
		err := client.NetworkingV1().NetworkPolicies("data").Delete(ctx, "from-api", metav1.DeleteOptions{})
		if err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(patience)
		for echo(cut, silence) == nil {
			if time.Now().After(deadline) {
				t.Fatal("the connection is still open")
			}
			time.Sleep(100 * time.Millisecond)
		}
		for _, connection := range []net.Conn{kept, fromHost} {
			if err := echo(connection, patience); err != nil {
				t.Errorf("another connection was cut: %v", err)
			}
		}
	})
	t.Run("an address that no pod has is dropped, not taken for an outside peer", func(t *testing.T) {
		denied(t, late, "10.89.0.12:53")
		denied(t, late, "10.89.0.1:10250")
	})
	t.Run("a pod that becomes known while its packet waits is let through", func(t *testing.T) {
		time.AfterFunc(500*time.Millisecond, func() { apply(t, client, pod("free", "late", "10.89.0.13")) })
		if err := late.exchange("udp4", "10.89.0.12:53", patience); err != nil {
			t.Error(err)
		}
	})
	t.Run("a cut connection is not brought back by packets of the server", func(t *testing.T) {
		// Only ingress is restricted, so that a packet of the server would be a flow that policies allow.
		apply(t, client, allowIngress("free", "from-late", "stranger", peer("free", "late"), port(corev1.ProtocolTCP, 7000)))
		connection := late.dial(t, "10.89.0.12:7000")
		err := client.NetworkingV1().NetworkPolicies("free").Delete(ctx, "from-late", metav1.DeleteOptions{})
		if err != nil {
			t.Fatal(err)
		}
		apply(t, client, allowIngress("free", "from-nobody", "stranger", peer("free", "nobody")))
		deadline := time.Now().Add(patience)
		// What arrived before is read first; then there must be silence.
		for receive(connection, silence) == nil {
			if time.Now().After(deadline) {
				t.Fatal("the server is still heard")
			}
		}
	})
	t.Run("rules that another program flushes come back", func(t *testing.T) {
		host.command(t, "", "iptables", "-t", table, "-F", "FORWARD")
		eventually(t, func() error {
			return exec.Command("iptables", "-t", table, "-C", "FORWARD", "-j", forwardChain).Run()
		})
		denied(t, stranger, "10.89.0.11:6379")
	})
	t.Run("without the program new flows are dropped and open ones go on", func(t *testing.T) {
		open := api.dial(t, "10.89.0.1:6443")
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		denied(t, api, "10.89.0.1:6443")
		denied(t, stranger, "10.89.0.10:8080")
		allowed(t, host.node, "10.89.0.11:6379")
		if err := echo(open, patience); err != nil {
			t.Errorf("the open connection was cut: %v", err)
		}
	})
	t.Run("--cleanup opens everything, leaves no rule, and may be repeated", func(t *testing.T) {
		for range 2 {
			if err := removeRules(execute); err != nil {
				t.Fatal(err)
			}
		}
		for _, listing := range []string{"iptables-save", "ip6tables-save"} {
			output, err := exec.Command(listing).CombinedOutput()
			if err != nil || strings.Contains(string(output), "SAAS-NETPOL") {
				t.Errorf("%s: %v\n%s", listing, err, output)
			}
		}
		allowed(t, stranger, "10.89.0.11:6379")
	})
}

func apply(t *testing.T, client *fake.Clientset, object any) {
	t.Helper()
	var err error
	switch object := object.(type) {
	case *corev1.Pod:
		_, err = client.CoreV1().Pods(object.Namespace).Create(context.Background(), object, metav1.CreateOptions{})
	case *networkingv1.NetworkPolicy:
		_, err = client.NetworkingV1().NetworkPolicies(object.Namespace).Create(context.Background(), object, metav1.CreateOptions{})
	default:
		err = fmt.Errorf("not a pod or policy: %T", object)
	}
	if err != nil {
		t.Error(err)
	}
}

func healthy(address string) error {
	response, err := http.Get("http://" + address + "/healthz")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

func eventually(t *testing.T, attempt func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if err = attempt(); err == nil {
			return
		}
	}
	t.Fatal(err)
}

func allowed(t *testing.T, from *place, address string) {
	t.Helper()
	eventually(t, func() error { return from.talk(address) })
}

// denied wants silence, not a refusal: nothing listening would look the same otherwise.
func denied(t *testing.T, from *place, address string) {
	t.Helper()
	eventually(t, func() error {
		err := from.talk(address)
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			return nil
		}
		return fmt.Errorf("%s to %s: want silence, got %v", from.name, address, err)
	})
}

// place is a network namespace: a pod or the host.
type place struct {
	name string
	ns   netns.NsHandle
	home netns.NsHandle
}

// inside runs work on a thread that is in the namespace.
func (p *place) inside(work func() error) error {
	result := make(chan error, 1)
	go func() {
		// Never unlocked when the way back fails: the thread then ends with the goroutine.
		runtime.LockOSThread()
		if err := netns.Set(p.ns); err != nil {
			result <- err
			return
		}
		result <- work()
		if netns.Set(p.home) == nil {
			runtime.UnlockOSThread()
		}
	}()
	return <-result
}

func (p *place) serve(t *testing.T, network, address string) {
	t.Helper()
	err := p.inside(func() error {
		if strings.HasPrefix(network, "udp") {
			connection, err := net.ListenPacket(network, address)
			if err == nil {
				go echoPackets(connection)
			}
			return err
		}
		listener, err := net.Listen(network, address)
		if err == nil {
			go echoConnections(listener, strings.HasSuffix(address, ":7000"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func echoPackets(connection net.PacketConn) {
	buffer := make([]byte, 64)
	for {
		count, from, err := connection.ReadFrom(buffer)
		if err != nil {
			return
		}
		_, _ = connection.WriteTo(buffer[:count], from)
	}
}

// echoConnections also speaks by itself when it ticks.
func echoConnections(listener net.Listener, ticks bool) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			for ticks {
				time.Sleep(200 * time.Millisecond)
				if _, err := connection.Write([]byte("tick")); err != nil {
					return
				}
			}
		}()
		go func() {
			buffer := make([]byte, 64)
			for {
				count, err := connection.Read(buffer)
				if err != nil {
					return
				}
				_, _ = connection.Write(buffer[:count])
			}
		}()
	}
}

// talk opens a flow and wants an answer; the address may begin with "udp ".
func (p *place) talk(address string) error {
	if address, ok := strings.CutPrefix(address, "udp "); ok {
		return p.exchange("udp4", address, silence)
	}
	if strings.HasSuffix(address, ":53") {
		return p.exchange("udp4", address, silence)
	}
	return p.exchange("tcp", address, silence)
}

func (p *place) exchange(network, address string, limit time.Duration) error {
	var connection net.Conn
	err := p.inside(func() (err error) {
		connection, err = net.DialTimeout(network, address, limit)
		return err
	})
	if err != nil {
		return err
	}
	defer connection.Close()
	return echo(connection, limit)
}

func (p *place) dial(t *testing.T, address string) net.Conn {
	t.Helper()
	var connection net.Conn
	err := p.inside(func() (err error) {
		connection, err = net.DialTimeout("tcp4", address, patience)
		return err
	})
	if err == nil {
		err = echo(connection, patience)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return connection
}

// twoQueries sends what a resolver sends for A and AAAA: two packets at once from one socket.
func (p *place) twoQueries(address string) error {
	return p.inside(func() error {
		connection, err := net.ListenPacket("udp4", ":0")
		if err != nil {
			return err
		}
		defer connection.Close()
		server, err := net.ResolveUDPAddr("udp4", address)
		if err != nil {
			return err
		}
		for _, query := range []string{"A", "AAAA"} {
			if _, err := connection.WriteTo([]byte(query), server); err != nil {
				return err
			}
		}
		_ = connection.SetReadDeadline(time.Now().Add(silence))
		buffer := make([]byte, 64)
		for answers := range 2 {
			if _, _, err := connection.ReadFrom(buffer); err != nil {
				return fmt.Errorf("%d of 2 answers: %w", answers, err)
			}
		}
		return nil
	})
}

func echo(connection net.Conn, limit time.Duration) error {
	_ = connection.SetDeadline(time.Now().Add(limit))
	if _, err := connection.Write([]byte("hello")); err != nil {
		return err
	}
	_, err := connection.Read(make([]byte, 64))
	return err
}

func receive(connection net.Conn, limit time.Duration) error {
	_ = connection.SetReadDeadline(time.Now().Add(limit))
	_, err := connection.Read(make([]byte, 4096))
	return err
}

type host struct {
	node   *place
	bridge netlink.Link
}

// newHost makes the namespace of this process a node: bridge, address, forwarding, bridge netfilter.
func newHost(t *testing.T) *host {
	t.Helper()
	here, err := netns.Get()
	must(t, err)
	loopback, err := netlink.LinkByName("lo")
	must(t, err)
	must(t, netlink.LinkSetUp(loopback))
	must(t, netlink.LinkAdd(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "saas0"}}))
	bridge, err := netlink.LinkByName("saas0")
	must(t, err)
	address, err := netlink.ParseAddr("10.89.0.1/16")
	must(t, err)
	must(t, netlink.AddrAdd(bridge, address))
	must(t, netlink.LinkSetUp(bridge))
	for _, setting := range []string{"ipv4/ip_forward", "bridge/bridge-nf-call-iptables", "bridge/bridge-nf-call-ip6tables"} {
		must(t, os.WriteFile("/proc/sys/net/"+setting, []byte("1"), 0o644))
	}
	return &host{node: &place{name: "host", ns: here, home: here}, bridge: bridge}
}

func (h *host) serve(t *testing.T, network, address string) {
	t.Helper()
	h.node.serve(t, network, address)
}

func (h *host) command(t *testing.T, input, name string, arguments ...string) {
	t.Helper()
	_, err := execute(input, name, arguments...)
	must(t, err)
}

// pod makes a namespace on the bridge, as a CNI plugin does.
func (h *host) pod(t *testing.T, ip string) *place {
	t.Helper()
	made := make(chan netns.NsHandle, 1)
	go func() {
		// The thread is the namespace's first inhabitant and ends with the goroutine.
		runtime.LockOSThread()
		handle, err := netns.New()
		if err != nil {
			t.Error(err)
		}
		made <- handle
	}()
	place := &place{name: ip, ns: <-made, home: h.node.ns}
	outside := "veth" + ip[strings.LastIndex(ip, ".")+1:]
	must(t, netlink.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: outside, MasterIndex: h.bridge.Attrs().Index}, PeerName: "pod0"}))
	peer, err := netlink.LinkByName("pod0")
	must(t, err)
	must(t, netlink.LinkSetNsFd(peer, int(place.ns)))
	port, err := netlink.LinkByName(outside)
	must(t, err)
	must(t, netlink.LinkSetUp(port))
	handle, err := netlink.NewHandleAt(place.ns)
	must(t, err)
	defer handle.Close()
	inner, err := handle.LinkByName("pod0")
	must(t, err)
	address, err := netlink.ParseAddr(ip + "/16")
	must(t, err)
	must(t, handle.AddrAdd(inner, address))
	must(t, handle.LinkSetUp(inner))
	must(t, handle.RouteAdd(&netlink.Route{LinkIndex: inner.Attrs().Index, Gw: net.ParseIP("10.89.0.1")}))
	return place
}

// linkLocal returns the address of port 6381 over IPv6, once the kernel has given one.
func (p *place) linkLocal(t *testing.T) string {
	t.Helper()
	handle, err := netlink.NewHandleAt(p.ns)
	must(t, err)
	defer handle.Close()
	link, err := handle.LinkByName("pod0")
	must(t, err)
	var result string
	eventually(t, func() error {
		addresses, err := handle.AddrList(link, netlink.FAMILY_V6)
		if err == nil && len(addresses) == 0 {
			err = errors.New("no IPv6 address yet")
		}
		if err == nil {
			result = fmt.Sprintf("[%s%%pod0]:6381", addresses[0].IP)
		}
		return err
	})
	return result
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
