//! A client that says what no Confab would: stanzas as text over the server's WebSocket (RFC 7395).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::{SinkExt as _, StreamExt as _};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};

use super::LIMIT;

/// A signed-in client.
#[derive(Debug)]
pub struct RawClient {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl RawClient {
    /// Signs in with SASL PLAIN and sends initial presence.
    pub async fn sign_in(url: &str, domain: &str, user: &str, password: &str) -> Self {
        let mut request = url.into_client_request().expect("a URL");
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("xmpp"));
        let (socket, _) = connect_async(request).await.expect("the server's WebSocket");
        let mut client = Self { socket };
        let open = format!("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='{domain}' version='1.0'/>");
        client.send(&open).await;
        client.receive("features").await;
        let plain = STANDARD.encode(format!("\0{user}\0{password}"));
        client.send(&format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>")).await;
        client.receive("<success").await;
        client.send(&open).await;
        client.receive("features").await;
        let bind = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>raw</resource></bind>";
        client.send(&format!("<iq xmlns='jabber:client' type='set' id='bind'>{bind}</iq>")).await;
        client.receive("bind").await;
        client.send("<presence xmlns='jabber:client'/>").await;
        client
    }

    /// Sends one stanza.
    pub async fn send(&mut self, stanza: &str) {
        self.socket.send(Message::text(stanza)).await.expect("the server reads");
    }

    /// All stanzas up to the first one that contains `part`.
    pub async fn receive_until(&mut self, part: &str) -> Vec<String> {
        let mut between = Vec::new();
        let all = timeout(LIMIT, async {
            loop {
                let message = self.socket.next().await.expect("the stream goes on").expect("a message");
                if let Message::Text(text) = message {
                    between.push(text.to_string());
                    if text.contains(part) {
                        return;
                    }
                }
            }
        });
        all.await.unwrap_or_else(|_| panic!("no stanza with {part}"));
        between
    }

    /// The next stanza that contains `part`.
    pub async fn receive(&mut self, part: &str) -> String {
        let found = timeout(LIMIT, async {
            loop {
                let message = self.socket.next().await.expect("the stream goes on").expect("a message");
                if let Message::Text(text) = message
                    && text.contains(part)
                {
                    return text.to_string();
                }
            }
        });
        found.await.unwrap_or_else(|_| panic!("no stanza with {part}"))
    }
}
