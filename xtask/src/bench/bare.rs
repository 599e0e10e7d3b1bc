//! A client with nothing in it: stanzas as text over the server's WebSocket (RFC 7395). What the server takes by itself, to
//! compare with.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use confab_testkit::server::LocalServer;

/// Only so that a bench ends.
const LIMIT: Duration = Duration::from_secs(60);
/// Of one frame; the largest stanza is a few kilobytes.
const MAX_FRAME: u64 = 4 << 20;

/// A signed-in client.
pub struct Bare {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
    pub jid: String,
}

impl Bare {
    /// Signs in with SASL PLAIN. The password is the name. `present`: initial presence too.
    pub fn sign_in(server: &LocalServer, name: &str, present: bool) -> Result<Self> {
        let url = server.websocket_url();
        let (host, path) = url.strip_prefix("ws://").and_then(|rest| rest.split_once('/')).context("a ws address")?;
        let mut stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LIMIT))?;
        write!(
            stream,
            "GET /{path} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: Y29uZmFiIGJlbmNoIGJhcmU=\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n",
            server.domain()
        )?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if !line.contains(" 101 ") {
            bail!("no WebSocket: {line}");
        }
        while !line.trim().is_empty() {
            line.clear();
            reader.read_line(&mut line)?;
        }
        let mut client = Self { stream, reader, jid: format!("{name}@{}", server.domain()) };
        let open =
            format!("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='{}' version='1.0'/>", server.domain());
        client.send(&open)?;
        client.receive("features")?;
        let plain = base64(format!("\0{name}\0{name}").as_bytes());
        client.send(&format!("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>"))?;
        client.receive("<success")?;
        client.send(&open)?;
        client.receive("features")?;
        let bind = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bare</resource></bind>";
        client.send(&format!("<iq xmlns='jabber:client' type='set' id='bind'>{bind}</iq>"))?;
        client.receive("bind")?;
        if present {
            client.send("<presence xmlns='jabber:client'/>")?;
            client.receive("<presence")?;
        }
        Ok(client)
    }

    /// A chat message with what Confab's have.
    pub fn say(&mut self, to: &str, id: &str, text: &str) -> Result<()> {
        self.send(&format!(
            "<message xmlns='jabber:client' to='{to}' type='chat' id='{id}'><body>{text}</body>\
             <request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>\
             <origin-id xmlns='urn:xmpp:sid:0' id='{id}'/></message>"
        ))
    }

    /// One frame, masked as clients have to (RFC 6455 §5.3); a mask of zeros leaves the text as it is.
    pub fn send(&mut self, stanza: &str) -> Result<()> {
        let mut frame = vec![0x81];
        match stanza.len() {
            short @ 0..=125 => frame.push(0x80 | short as u8),
            length => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(length).context("a long stanza")?.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(stanza.as_bytes());
        Ok(self.stream.write_all(&frame)?)
    }

    /// The next stanza.
    pub fn next(&mut self) -> Result<String> {
        let mut text = Vec::new();
        loop {
            let mut head = [0; 2];
            self.reader.read_exact(&mut head)?;
            let mut length = u64::from(head[1] & 0x7f);
            if length == 126 {
                let mut long = [0; 2];
                self.reader.read_exact(&mut long)?;
                length = u64::from(u16::from_be_bytes(long));
            } else if length == 127 {
                let mut longer = [0; 8];
                self.reader.read_exact(&mut longer)?;
                length = u64::from_be_bytes(longer);
            }
            if length > MAX_FRAME {
                bail!("a frame of {length} octets");
            }
            let mut payload = vec![0; usize::try_from(length)?];
            self.reader.read_exact(&mut payload)?;
            match head[0] & 0x0f {
                8 => bail!("the server closed the stream"),
                0..=2 => text.extend(payload),
                // Pings and pongs: the bench is over before the server minds.
                _ => continue,
            }
            if head[0] & 0x80 != 0 {
                return Ok(String::from_utf8(text)?);
            }
        }
    }

    /// The next stanza that contains `part`.
    pub fn receive(&mut self, part: &str) -> Result<String> {
        loop {
            let stanza = self.next()?;
            if stanza.contains(part) {
                return Ok(stanza);
            }
        }
    }

    /// Confirms every message from now on (XEP-0184), until the stream ends.
    pub fn confirm_all(mut self) {
        while let Ok(stanza) = self.next() {
            if !stanza.contains("urn:xmpp:receipts") || stanza.contains("<received") {
                continue;
            }
            let (Some(from), Some(id)) = (attribute(&stanza, "from"), attribute(&stanza, "id")) else { continue };
            let receipt = format!(
                "<message xmlns='jabber:client' to='{from}' type='chat' id='r-{id}'>\
                 <received xmlns='urn:xmpp:receipts' id='{id}'/></message>"
            );
            if self.send(&receipt).is_err() {
                return;
            }
        }
    }

    /// Reads the whole archive in pages of 250 (XEP-0313); how many messages there are.
    pub fn read_archive(&mut self) -> Result<u64> {
        let (mut count, mut after) = (0, String::new());
        for page in 0.. {
            self.send(&format!(
                "<iq xmlns='jabber:client' type='set' id='mam-{page}'><query xmlns='urn:xmpp:mam:2' queryid='q'>\
                 <set xmlns='http://jabber.org/protocol/rsm'><max>250</max>{after}</set></query></iq>"
            ))?;
            let end = loop {
                let stanza = self.next()?;
                if stanza.contains("queryid") || stanza.contains("<forwarded") {
                    count += 1;
                } else if stanza.contains("<fin") {
                    break stanza;
                }
            };
            let last = end.split("<last>").nth(1).and_then(|rest| rest.split("</last>").next());
            match last {
                Some(last) if !end.contains("complete='true'") && !end.contains("complete=\"true\"") => {
                    after = format!("<after>{last}</after>");
                }
                _ => break,
            }
        }
        Ok(count)
    }
}

/// The first attribute of that name in the stanza's own tag.
fn attribute<'a>(stanza: &'a str, name: &str) -> Option<&'a str> {
    let tag = stanza.split('>').next()?;
    let rest = tag.split_once(&format!(" {name}=")).map(|(_, rest)| rest)?;
    let quote = rest.chars().next()?;
    rest.get(1..)?.split(quote).next()
}

/// RFC 4648 §4
fn base64(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in octets.chunks(3) {
        let bits = chunk.iter().enumerate().fold(0u32, |bits, (n, &octet)| bits | u32::from(octet) << (16 - 8 * n));
        for n in 0..4 {
            let index = (bits >> (18 - 6 * n)) & 63;
            text.push(if n <= chunk.len() { char::from(ALPHABET[index as usize]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_and_attributes() {
        assert_eq!(base64(b"\0a\0a"), "AGEAYQ==");
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        let stanza = "<message from='a@b/c' id=\"7\"><x id='8'/></message>";
        assert_eq!((attribute(stanza, "from"), attribute(stanza, "id")), (Some("a@b/c"), Some("7")));
        assert_eq!(attribute("<message/>", "id"), None);
    }
}
