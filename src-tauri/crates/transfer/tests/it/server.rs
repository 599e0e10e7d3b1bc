//! An HTTPS server that gives one scripted answer per request.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use confab_transfer::Http;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// What the server says to one request.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    length: Option<usize>,
    cut_after: Option<usize>,
}

impl Answer {
    pub fn new(status: u16, body: &[u8]) -> Self {
        Self { status, headers: Vec::new(), body: body.to_vec(), length: Some(body.len()), cut_after: None }
    }

    pub fn ok(body: &[u8]) -> Self {
        Self::new(200, body)
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Closes the connection in the middle of the body.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.cut_after = Some(bytes);
        self
    }

    /// The end of the connection is the end of the body.
    pub fn without_length(mut self) -> Self {
        self.length = None;
        self
    }

    /// Announces what it does not send.
    pub fn with_length(mut self, length: usize) -> Self {
        self.length = Some(length);
        self
    }
}

#[derive(Debug, Default)]
struct Heard {
    answers: VecDeque<Answer>,
    requests: Vec<String>,
    bodies: Vec<Vec<u8>>,
}

pub struct Server {
    port: u16,
    trust: Arc<ClientConfig>,
    heard: Arc<Mutex<Heard>>,
}

impl Server {
    pub async fn start(answers: Vec<Answer>) -> Self {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(cert.der().clone()).unwrap();
        let trust = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let heard = Arc::new(Mutex::new(Heard { answers: answers.into(), ..Heard::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let shared = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                tokio::spawn(serve(acceptor.clone(), tcp, Arc::clone(&shared)));
            }
        });
        Self { port, trust: Arc::new(trust), heard }
    }

    /// A client that trusts this server only.
    pub fn http(&self) -> Http {
        Http::new(Arc::clone(&self.trust)).unwrap()
    }

    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// The heads of the requests, with names of headers in lower case.
    pub fn requests(&self) -> Vec<String> {
        self.heard.lock().unwrap().requests.clone()
    }

    pub fn bodies(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().bodies.clone()
    }
}

async fn serve(acceptor: TlsAcceptor, tcp: TcpStream, heard: Arc<Mutex<Heard>>) {
    let Ok(mut tls) = acceptor.accept(tcp).await else { return };
    let Some((head, body)) = request(&mut tls).await else { return };
    let answer = {
        let mut heard = heard.lock().unwrap();
        heard.requests.push(head);
        heard.bodies.push(body);
        heard.answers.pop_front()
    };
    let Some(answer) = answer else { return };
    let mut out = format!("HTTP/1.1 {} Scripted\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        out += &format!("{name}: {value}\r\n");
    }
    if let Some(length) = answer.length {
        out += &format!("content-length: {length}\r\n");
    }
    out += "\r\n";
    let body = answer.body.get(..answer.cut_after.unwrap_or(answer.body.len())).unwrap();
    let _ = tls.write_all(out.as_bytes()).await;
    let _ = tls.write_all(body).await;
    let _ = tls.flush().await;
    if answer.cut_after.is_none() {
        let _ = tls.shutdown().await;
    }
}

async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let length = stream.read(&mut chunk).await.ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&chunk[..length]);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|rest| rest.trim().to_owned()))
        .and_then(|length| length.parse::<usize>().ok())
        .unwrap_or(0);
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        let read = stream.read(&mut chunk).await.ok().filter(|length| *length > 0)?;
        body.extend_from_slice(&chunk[..read]);
    }
    Some((head, body))
}
