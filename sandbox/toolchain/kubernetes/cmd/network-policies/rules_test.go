package main

import (
	"errors"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func testOptions() options {
	return options{
		podCIDR: netip.MustParsePrefix("10.89.0.0/16"), nodeIP: netip.MustParseAddr("10.89.0.1"),
		bridge: "saas0", queue: 89,
	}
}

func TestRulesTouchOnlyPodTrafficAndFailClosed(t *testing.T) {
	want := `*security
:SAAS-NETPOL-FORWARD - [0:0]
:SAAS-NETPOL-INPUT - [0:0]
:SAAS-NETPOL-NEW - [0:0]
-A SAAS-NETPOL-FORWARD -s 10.89.0.0/16 -j SAAS-NETPOL-NEW
-A SAAS-NETPOL-FORWARD -d 10.89.0.0/16 -j SAAS-NETPOL-NEW
-A SAAS-NETPOL-INPUT -i saas0 -s 10.89.0.0/16 -j SAAS-NETPOL-NEW
-A SAAS-NETPOL-NEW -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
-A SAAS-NETPOL-NEW -m conntrack --ctstate INVALID -j DROP
-A SAAS-NETPOL-NEW -p tcp ! --syn -j DROP
-A SAAS-NETPOL-NEW -j NFQUEUE --queue-num 89
COMMIT
`
	if got := rulesIPv4(testOptions()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCleanupRemovesWhatEarlierVersionsMadeAndNothingElse(t *testing.T) {
	listing := `-P INPUT ACCEPT
-P FORWARD ACCEPT
-N SAAS-NETPOL-FORWARD
-N SAAS-NETPOL-OLD
-N OTHER
-A INPUT -i eth0 -j OTHER
-A FORWARD -i saas0 -j SAAS-NETPOL-OLD
-A FORWARD -j SAAS-NETPOL-FORWARD
-A SAAS-NETPOL-FORWARD -s 10.89.0.0/16 -j SAAS-NETPOL-OLD
`
	var done []string
	err := removeRulesOf(func(_, _ string, arguments ...string) (string, error) {
		command := strings.Join(arguments, " ")
		if strings.HasSuffix(command, " -S") {
			return listing, nil
		}
		done = append(done, strings.TrimPrefix(command, "-w 10 -t security "))
		return "", nil
	}, "iptables")
	want := []string{
		"-D FORWARD -i saas0 -j SAAS-NETPOL-OLD",
		"-D FORWARD -j SAAS-NETPOL-FORWARD",
		"-F SAAS-NETPOL-FORWARD", "-F SAAS-NETPOL-OLD",
		"-X SAAS-NETPOL-FORWARD", "-X SAAS-NETPOL-OLD",
	}
	if err != nil || !slices.Equal(done, want) {
		t.Errorf("error %v, got\n%s\nwant\n%s", err, strings.Join(done, "\n"), strings.Join(want, "\n"))
	}
}

func TestCleanupReportsWhatItCouldNotRemove(t *testing.T) {
	err := removeRulesOf(func(_, _ string, arguments ...string) (string, error) {
		if slices.Contains(arguments, "-X") {
			return "", errors.New("busy")
		}
		return "-N SAAS-NETPOL-NEW\n", nil
	}, "iptables")
	if err == nil || !strings.Contains(err.Error(), "busy") {
		t.Errorf("got %v", err)
	}
}

func TestWrongFlagsAreNamed(t *testing.T) {
	for arguments, want := range map[string]string{
		"--pod-cidr 10.89.0.0":       `--pod-cidr: "10.89.0.0" is not an IPv4 range such as 10.89.0.0/16`,
		"--pod-cidr fd00::/64":       `--pod-cidr: "fd00::/64" is not an IPv4 range such as 10.89.0.0/16`,
		"--node-ip here":             `--node-ip: "here" is not an IPv4 address such as 10.89.0.1`,
		"--queue-num 70000":          `--queue-num: 70000 is above 65535`,
		"--bridge sixteen-letters-x": `--bridge: "sixteen-letters-x" is not an interface name of 1 to 15 characters`,
		"--healthz 8080":             `--healthz: "8080" is not host:port`,
		"stray":                      `unexpected argument "stray"`,
	} {
		if _, err := parseOptions(strings.Fields(arguments)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", arguments, err, want)
		}
	}
}

func TestItIsNotHealthyWhileTheKernelHidesTrafficBetweenPods(t *testing.T) {
	folder := t.TempDir()
	if err := checkBridgeNetfilter(folder); err == nil {
		t.Error("missing settings were accepted")
	}
	for _, values := range [][2]string{{"0\n", "1\n"}, {"1\n", "0\n"}, {"1\n", "1\n"}} {
		for index, setting := range []string{"bridge-nf-call-iptables", "bridge-nf-call-ip6tables"} {
			if err := os.WriteFile(filepath.Join(folder, setting), []byte(values[index]), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := checkBridgeNetfilter(folder); (err == nil) != (values == [2]string{"1\n", "1\n"}) {
			t.Errorf("%q: got %v", values, err)
		}
	}
}

func TestHealthSaysWhyPoliciesAreNotEnforced(t *testing.T) {
	var state state
	for reason, status := range map[string]int{"the rules are gone": 503, "": 200} {
		state.set(reason)
		response := httptest.NewRecorder()
		state.ServeHTTP(response, httptest.NewRequest("GET", "/healthz", nil))
		if response.Code != status || !strings.Contains(response.Body.String(), reason) {
			t.Errorf("%q: got %d %s", reason, response.Code, response.Body)
		}
	}
}
