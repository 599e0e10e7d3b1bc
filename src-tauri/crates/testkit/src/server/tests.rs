use std::io::{Read, Write};
use std::net::TcpStream;

use super::*;
use crate::skip;

/// Opens a stream (RFC 6120 §4.2) and returns what the server says until its features are complete.
fn features(server: &LocalServer) -> String {
    let mut stream = TcpStream::connect((server.address(), server.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let open = "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' \
                xmlns:stream='http://etherx.jabber.org/streams'>";
    stream.write_all(open.as_bytes()).unwrap();
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains("</stream:features>") {
        let n = stream.read(&mut buffer).unwrap();
        assert_ne!(n, 0, "closed after {text}");
        text += &String::from_utf8_lossy(&buffer[..n]);
    }
    text
}

/// The features behind TLS, certificate checked. A pipe keeps `openssl` open until they are complete.
fn secure_features(server: &LocalServer) -> String {
    let script = "{ printf '%s' \"$3\"; sleep 20; } | openssl s_client -quiet -connect \"$1\" -CAfile \"$2\" \
                  -verify_return_error -verify_hostname localhost 2>&1";
    let to = SocketAddr::new(server.address(), server.direct_tls_port()).to_string();
    let open = "<stream:stream to='localhost' version='1.0' xmlns='jabber:client' \
                xmlns:stream='http://etherx.jabber.org/streams'>";
    let log = server.folder.join("openssl.log");
    let mut openssl = Command::new("sh");
    openssl.args(["-c", script, "features", &to]).arg(server.ca_file()).arg(open);
    let mut group = Group::spawn(&mut openssl, &log).unwrap();
    let complete = || tail(&log).contains("</stream:features>");
    if let Err(e) = group.wait_ready("features behind TLS", Duration::from_secs(15), complete) {
        panic!("{e}\n{}", server.log_tail());
    }
    tail(&log)
}

/// One life of a server: features, accounts, an orderly end, a kill, the same data and ports afterwards.
fn life(kind: Kind) {
    let mut server = match LocalServer::start(ServerOptions::new(kind)) {
        Ok(server) => server,
        Err(Error::Missing(what)) => return skip(&format!("{what} is not installed")),
        Err(e) => panic!("{e}"),
    };
    let offered = features(&server);
    assert!(offered.contains("urn:ietf:params:xml:ns:xmpp-tls") && offered.contains("<required/>"), "{offered}");
    assert!(fs::read_to_string(server.ca_file()).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(TcpStream::connect((server.address(), server.direct_tls_port())).is_ok());
    let offered = secure_features(&server);
    for feature in ["SCRAM-SHA-256", "http://jabber.org/features/iq-register"] {
        assert!(offered.contains(feature), "{feature}: {offered}");
    }
    server.register("alice", "se\"cret & <all>").unwrap_or_else(|e| panic!("{e}\n{}", server.log_tail()));

    let (port, direct) = (server.port(), server.direct_tls_port());
    server.kill();
    assert!(TcpStream::connect((server.address(), port)).is_err());
    server.start_again().unwrap();
    server.restart().unwrap();
    assert_eq!((server.port(), server.direct_tls_port()), (port, direct));
    features(&server);
    // The account survived: it cannot be made a second time.
    if kind == Kind::Ejabberd {
        assert!(server.register("alice", "other").is_err());
    }
}

#[test]
fn prosody_lives_dies_and_comes_back() {
    life(Kind::Prosody);
}

#[test]
fn ejabberd_lives_dies_and_comes_back() {
    life(Kind::Ejabberd);
}
