"""What must never be reached: URLs by their text, names by their addresses, doors by redirects.

Each group says why it is here. Nothing in it is refused by being in it: add, and see.
"""

PUBLIC = "93.184.215.14"  # where the harmless half of an answer leads
RUNTIME = "/2018-06-01/runtime/invocation/next"  # the Lambda runtime's own API
METADATA = "/latest/meta-data/iam/security-credentials/"

# ── refused for its text alone, so at submit already ─────────────────────────────────────────────

TEXTS: dict[str, list[str]] = {
    "The Lambda runtime's own API, which hands out other callers' requests": [
        f"http://127.0.0.1:9001{RUNTIME}",
        f"https://127.0.0.1:9001{RUNTIME}",
        f"http://localhost:9001{RUNTIME}",
        f"https://localhost:9001{RUNTIME}",
        f"http://[::1]:9001{RUNTIME}",
        f"http://[::ffff:127.0.0.1]:9001{RUNTIME}",
        f"http://0x7f000001:9001{RUNTIME}",
        f"http://0:9001{RUNTIME}",
        f"https://sandbox.localdomain:9001{RUNTIME}",
        "http://169.254.100.1:9001/2020-01-01/extension/register",
        "http://127.0.0.1:2773/secretsmanager/get?secretId=plantain",
        "http://127.0.0.1:2000/",
    ],
    "Credentials and metadata of clouds": [
        f"http://169.254.169.254{METADATA}",
        f"https://169.254.169.254{METADATA}",
        "https://169.254.170.2/v2/credentials/",
        "https://169.254.170.23/v1/credentials",
        f"https://[fd00:ec2::254]{METADATA}",
        "https://[fd00:ec2::23]/v1/credentials",
        "https://metadata/computeMetadata/v1/",
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://instance-data/latest/meta-data/",
        "https://ip-10-0-0-1.ec2.internal/",
        "https://100.100.100.200/latest/meta-data/",
        "https://192.0.0.192/latest/",
        "https://2852039166/",
        "https://0xa9fea9fe/",
        "https://0xA9.0xFE.0xA9.0xFE/",
        "https://0251.0376.0251.0376/",
        "https://169.254.43518/",
        "https://169.16689662/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[64:ff9b:1::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::]/",
        "https://[::a9fe:a9fe]/",
    ],
    "This machine, in every way to write it": [
        *("https://127.0.0.1/", "https://127.0.0.1:443/", "https://127.0.0.2/"),
        *("https://127.255.255.255/", "https://127.1/", "https://127.0.1/", "https://127.1.1/"),
        *("https://2130706433/", "https://017700000001/", "https://0x7f000001/"),
        *("https://0X7F000001/", "https://0x7f.1/", "https://0x7f.0x0.0x0.0x1/"),
        *("https://0177.1/", "https://0177.0.0.1/", "https://0177.0.0.01/"),
        *("https://00000177.1/", "https://0x0000007f.1/", "https://127.0x1/", "https://127.00.1/"),
        *("https://0/", "https://0.0/", "https://0.0.0.0/", "https://0x0/", "https://00/"),
        *("https://127.0.0.1./", "https://127.0.0.1../", "https://127.1./", "https://2130706433./"),
        *("https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://LocalHost/"),
        *("https://a.localhost/", "https://a.b.LOCALHOST./", "https://localhost.localdomain/"),
        *("https://localhost6/", "https://ip6-localhost/", "https://ip6-loopback/"),
        *("https://[::]/", "https://[::1]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::1]:443/"),
        *("https://[0000:0000:0000:0000:0000:0000:0000:0001]/", "https://[::0.0.0.1]/"),
        *("https://[::127.0.0.1]/", "https://[::7f00:1]/", "https://[0:0::1]/"),
    ],
    "Numbers that overflow into an address where somebody is careless": [
        *("https://4294967296/", "https://4294967297/", "https://6425673729/"),
        *("https://0x17f000001/", "https://0x100000000/", "https://256.256.256.256/"),
        *(
            "https://127.0.0.257/",
            "https://127.0.0.1.1/",
            "https://1.2.3.4.5/",
            "https://1.2.3.0x/",
        ),
        *("https://127.0.0.0x1g/", "https://383.0.0.1/", "https://127.16777217/"),
        *("https://-1/", "https://127.0.0.-1/", "https://1e1/", "https://0b1111111.1/"),
    ],
    "Private networks, and those that are nobody's": [
        *("https://10.0.0.1/", "https://10.255.255.255/", "https://10.1/", "https://167772161/"),
        *("https://012.0.0.1/", "https://0xa.1/", "https://172.16.0.1/", "https://172.31.255.255/"),
        *("https://192.168.0.1/", "https://192.168.257/", "https://0xc0a80001/"),
        *("https://100.64.0.1/", "https://100.127.255.254/", "https://192.0.0.1/"),
        *("https://192.0.0.9/", "https://192.0.2.1/", "https://198.51.100.1/"),
        *("https://203.0.113.1/", "https://198.18.0.1/", "https://198.19.255.255/"),
        *("https://192.88.99.1/", "https://224.0.0.1/", "https://239.255.255.255/"),
        *("https://240.0.0.1/", "https://255.255.255.255/", "https://0.0.0.1/"),
        *("https://0.255.255.255/", "https://169.254.0.1/", "https://[fc00::1]/"),
        *("https://[fd12:3456::1]/", "https://[fe80::1]/", "https://[fec0::1]/"),
        *(
            "https://[ff02::1]/",
            "https://[ff0e::1]/",
            "https://[100::1]/",
            "https://[2001:db8::1]/",
        ),
        *("https://[3fff::1]/", "https://[5f00::1]/", "https://[4000::1]/", "https://[3ffe::1]/"),
        *("https://[2001:2::1]/", "https://[2001:10::1]/", "https://[2001:20::1]/"),
    ],
    "One address inside another": [
        *("https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::ffff:10.0.0.1]/"),
        *("https://[::FFFF:192.168.0.1]/", "https://[0:0:0:0:0:ffff:127.0.0.1]/"),
        *(
            "https://[::ffff:0:127.0.0.1]/",
            "https://[::ffff:0.0.0.0]/",
            "https://[64:ff9b::7f00:1]/",
        ),
        *("https://[64:ff9b::127.0.0.1]/", "https://[64:ff9b::10.0.0.1]/", "https://[64:ff9b::]/"),
        *("https://[64:ff9b:1::7f00:1]/", "https://[64:ff9b:1:7f00:0:100::]/"),
        *("https://[2002:7f00:1::]/", "https://[2002:7f00:0001::1]/", "https://[2002:a00:1::]/"),
        *("https://[2002:c0a8:1::]/", "https://[2002:5db8:d70e::1]/"),
        *("https://[2001:0:5db8:d70e:8000:63bf:80ff:fffe]/", "https://[2001::80ff:fffe]/"),
        *("https://[2001:0:4136:e378:8000:63bf:f5ff:fffe]/", "https://[fe80::5efe:127.0.0.1]/"),
        *("https://[2606:4700::5efe:7f00:1]/", "https://[2606:4700::200:5efe:10.0.0.1]/"),
        *("https://[2606:4700:0:0:0:5efe:169.254.169.254]/",),
    ],
    "Other schemes": [
        *("http://example.com/", "HTTP://example.com/", "http://example.com:443/"),
        *("file:///etc/passwd", "file://localhost/proc/self/environ", "ftp://example.com/a.png"),
        *("gopher://127.0.0.1:6379/_FLUSHALL", "dict://127.0.0.1:11211/stats", "ldap://10.0.0.1/"),
        *("tftp://10.0.0.1/a", "sftp://example.com/", "jar:https://example.com!/", "netdoc:///x"),
        *("data:image/png;base64,AAAA", "javascript:alert(1)", "blob:https://example.com/1"),
        *("ws://example.com/", "wss://example.com/", "unix:///var/run/docker.sock"),
        *("//example.com/", "/a.png", "example.com", "example.com:443", "", "https", "https:"),
        *(
            "https:example.com",
            "https:/example.com",
            "https:///example.com",
            "https:\\\\example.com",
        ),
        *("hTTps+unix://example.com/", "httpss://example.com/", " https://example.com/"),
        *("view-source:https://example.com/", "url:https://example.com/"),
    ],
    "Other ports": [
        *("https://example.com:22/", "https://example.com:25/", "https://example.com:80/"),
        *("https://example.com:6379/", "https://example.com:8443/", "https://example.com:9001/"),
        *("https://example.com:0/", "https://example.com:444/", "https://example.com:65979/"),
        *("https://example.com:99999/", "https://example.com:-443/", "https://example.com:+443/"),
        *("https://example.com:4_43/", "https://example.com:443a/", "https://example.com: 443/"),
        *("https://example.com:４４３/", "https://example.com:443:443/", "https://[::1]443/"),
        *("https://93.184.215.14:8080/", "https://[2606:4700::1111]:8443/", "https://:443/"),
    ],
    "A host that readers of URLs do not agree on": [
        *("https://user@example.com/", "https://user:secret@example.com/", "https://@example.com/"),
        *("https://:@example.com/", "https://example.com@127.0.0.1/", "https://%40example.com/"),
        *("https://127.0.0.1@example.com/", "https://example.com:443@127.0.0.1/"),
        *("https://example.com\\@127.0.0.1/", "https://127.0.0.1\\@example.com/"),
        *("https://example.com\\.127.0.0.1/", "https://127.0.0.1\\.example.com/"),
        *("https://127.0.0.1%2f.example.com/", "https://127.0.0.1%00.example.com/"),
        *("https://%31%32%37.0.0.1/", "https://127%2e0%2e0%2e1/", "https://%6cocalhost/"),
        *("https://127.0.0.1 .example.com/", "https://127.0.0.1\t.example.com/"),
        *("https://127.0.0.1\n.example.com/", "https://127.0.0.1\x00.example.com/"),
        *("https://example.com\r\nHost: 127.0.0.1/", "https://example.com/\r\nX: y"),
        *("https://[::1].example.com/", "https://[::1", "https://::1/", "https://[]/"),
        *(
            "https://[127.0.0.1]/",
            "https://[localhost]/",
            "https://[::1%25eth0]/",
            "https://[v1.a]/",
        ),
        *("https://[fe80::1%eth0]/", "https://[fe80::1%25lo]/", "https://[::1]]/"),
        *("https://?@127.0.0.1/", "https://#@127.0.0.1/", "https://", "https://./", "https://../"),
        *(
            "https://*/",
            "https://*.example.com/",
            "https://$(id).example.com/",
            "https://a..b.com/",
        ),
        *("https://.example.com/", "https://exam ple.com/", "https://example.com,127.0.0.1/"),
        *("https://example.com;127.0.0.1/", "https://<127.0.0.1>/", "https://{127.0.0.1}/"),
        *(
            f"https://{'a' * 64}.example.com/",
            "https://a\ud800.example.com/",
            "https://a\u202e.com/",
        ),
    ],
    "Letters and dots that become others": [
        *("https://127。0。0。1/", "https://127．0．0．1/", "https://127｡0｡0｡1/"),
        *("https://１２７.0.0.1/", "https://①②⑦.⓪.⓪.①/", "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/"),
        *("https://ｌｏｃａｌｈｏｓｔ/", "https://localhost。/", "https://loc\u00adalhost/"),
        *(
            "https://local\u200bhost/",
            "https://169。254。169。254/",
            "https://metadata。google。internal/",
        ),
        *("https://example.com／.127.0.0.1/", "https://127.0.0.1＃.example.com/"),
        *("https://127.0.0.1？.example.com/", "https://example.com＠127.0.0.1/"),
        *("https://[::１]/", "https://٠/", "https://١٢٧.٠.٠.١/", "https://xn--/"),
        *("https://xn--.example.com/", "https://xn--a.example.com/", "https://xn--0.com/"),
        *(
            "https://example.com/\u202egnp.exe",
            "https://example.com/\ud83d",
            "https://example.com/\x85",
        ),
    ],
    "Names that are only known nearby": [
        *("https://intranet/", "https://db/", "https://kubernetes/", "https://printer.local/"),
        *("https://vault.internal/", "https://router.home.arpa/", "https://a.localdomain/"),
        *("https://kubernetes.default.svc.cluster.local/", "https://host.docker.internal/"),
        *("https://gateway.docker.internal./", "https://LOCAL/", "https://internal/"),
    ],
}

# ── refused for what the name stands for: `https://<name>/` whose answer is this ─────────────────

ADDRESSES: dict[str, list[str]] = {
    "This machine": ["127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "::1", "::"],
    "Private, shared and local networks": [
        *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.0.1"),
        *("fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1"),
    ],
    "Metadata and credentials": ["169.254.169.254", "169.254.170.2", "169.254.100.1"],
    "For no host at all": [
        *("0.1.2.3", "192.0.0.1", "192.0.0.9", "192.0.2.1", "198.18.0.1", "198.51.100.7"),
        *("203.0.113.9", "192.88.99.1", "224.0.0.251", "240.0.0.1", "255.255.255.255", "100::1"),
        *("2001:db8::1", "3fff::1", "3ffe::1", "5f00::1", "4000::1", "ff02::fb", "2001:2::1"),
        *("2001:20::1", "2001:1::1"),
    ],
    "IPv4-mapped, -compatible and -translated": [
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1"),
        *("::ffff:0:127.0.0.1", "::ffff:0.0.0.0"),
    ],
    "NAT64, well-known and for local use": [
        *("64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b::"),
        *("64:ff9b:1::127.0.0.1", "64:ff9b:1::1", "64:ff9b:1:a9fe:a9:fe00::"),
    ],
    "6to4": ["2002:7f00:1::1", "2002:a9fe:a9fe::", "2002:c0a8:101::1"],
    "Teredo": ["2001:0:4136:e378:8000:63bf:80ff:fffe", "2001::1"],
    "ISATAP": ["2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:a9fe:a9fe"],
}

# Names whose answer changes, or holds several addresses: what each look-up says, the last for ever.
ANSWERS: dict[str, list[list[str]]] = {
    "rebinds-at-once.example": [["127.0.0.1"], [PUBLIC]],
    "rebinds-once-checked.example": [[PUBLIC], ["127.0.0.1"]],
    "rebinds-to-metadata.example": [[PUBLIC], ["169.254.169.254"]],
    "rebinds-to-ipv6.example": [[PUBLIC], ["::1"]],
    "rebinds-through-nat64.example": [[PUBLIC], ["64:ff9b::7f00:1"]],
    "mixed.example": [[PUBLIC, "127.0.0.1"]],
    "mixed-the-other-way.example": [["127.0.0.1", PUBLIC]],
    "mixed-families.example": [[PUBLIC, "::1"]],
    "mixed-at-the-end.example": [[*(f"93.184.215.{n}" for n in range(1, 200)), "10.0.0.1"]],
    "mixed-mapped.example": [[PUBLIC, "::ffff:127.0.0.1"]],
    "mixed-and-nowhere.example": [[PUBLIC, "0.0.0.0"]],
    # What a chain of aliases ends in is all that the caller of a resolver is told.
    "alias-of-localhost.example": [["127.0.0.1", "::1"]],
    "alias-of-the-database.example": [["10.0.3.7", "10.0.3.8"]],
    "alias-of-nothing.example": [[]],
}

# ── doors: what a harmless, public host answers with ─────────────────────────────────────────────

REDIRECTS: dict[str, str] = {
    "to the runtime": f"http://127.0.0.1:9001{RUNTIME}",
    "to the metadata": f"http://169.254.169.254{METADATA}",
    "to this machine": "https://localhost/",
    "to a private name": "https://rebinds-at-once.example/",
    "to a file": "file:///proc/self/environ",
    "to another scheme": "gopher://127.0.0.1:6379/_FLUSHALL",
    "to plain http": "http://public.example/",
    "to itself": "https://public.example/",
    "to a path": "/somewhere",
    "to another host": "//10.0.0.1/",
    "to a port": "https://public.example:9001/",
    "to nothing": "",
    "to what is no URL": "https://[::1",
    "to what is no port": "https://public.example:x/",
    "to two lines": "https://public.example/\tX:1",
    "to a name and a password": "https://a:b@10.0.0.1/",
    "to half a character": "https://\ud83d.example/",
    "to a long way": "https://public.example/" + "a" * 20_000,
}
STATUSES = (300, 301, 302, 303, 304, 305, 306, 307, 308)

PLACES = [url for group in TEXTS.values() for url in group]
BEHIND = [address for group in ADDRESSES.values() for address in group]
ZONE: dict[str, list[list[str]]] = {
    **{f"behind-{number}.example": [[address]] for number, address in enumerate(BEHIND)},
    **ANSWERS,
    "public.example": [[PUBLIC]],
    "example.com": [[PUBLIC]],
}
NAMES = [f"https://{name}/" for name in ZONE if name not in ("public.example", "example.com")]
