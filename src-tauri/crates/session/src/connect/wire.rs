//! The byte stream between TLS and the XML parser, with six things the stanza stream of the library lacks:
//!
//! * it can be cut at once ([`WireControl::cut`]), so that a link that our own probe found dead is given up in
//!   seconds instead of after the library's time-out;
//! * it keeps a stream error (`<conflict/>`, …), which the library reports as a mere disconnect;
//! * it bounds the nesting of elements: the tree builder recurses, so a stanza of some 100,000 nested elements
//!   would end the process. Whatever is nested deeper than [`MAX_DEPTH`] is left out, the rest of the stanza stays;
//! * it bounds the length of a stanza to [`MAX_STANZA`]: the tree of one is built in memory, at many times its size.
//!   A longer one ends the connection;
//! * it completes `<failed/>` (XEP-0198 §5) with the count that servers leave out for a session they do not know: the
//!   library's type insists on it, fails the connection, keeps the dead session and would try to resume it for ever;
//! * it can play a stream opening that has already taken place: after SASL2 (XEP-0388 §2.6) the stream goes on
//!   without a restart, but the stanza stream begins with one.
//!
//! It knows nothing of stanzas.

use std::{
    io,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use futures::ready;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_xmpp::connect::AsyncReadAndWrite;

/// Elements may be nested this deep, counted from the stream's root. The deepest real stanza that we know (a
/// forwarded Jingle message in an archive result) has 12 levels.
const MAX_DEPTH: usize = 64;
/// Octets of one stanza. Servers allow 64 KiB to 1 MiB; only a roster or form that they write themselves is longer.
const MAX_STANZA: usize = 8 * 1024 * 1024;
/// Octets that are kept of a stream error: condition and text, not more.
const MAX_STREAM_ERROR: usize = 4096;
/// Octets of a start tag that is waited for; a longer one is none of those that matter.
const MAX_HELD: usize = 1024;
/// Octets of a start tag outside of attribute values: the element's and the attributes' names.
const MAX_NAMES: usize = 64;

/// The session's end of a wire: cuts it and asks why it ended. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct WireControl {
    cut: CancellationToken,
    stream_error: Arc<OnceLock<Vec<u8>>>,
}

impl WireControl {
    /// Ends the connection as if the network had.
    pub(crate) fn cut(&self) {
        self.cut.cancel();
    }

    /// The XML of the stream error that the server sent, if it did.
    pub(crate) fn stream_error(&self) -> Option<&[u8]> {
        self.stream_error.get().map(Vec::as_slice)
    }
}

/// See the module.
pub(crate) struct Wire {
    io: Box<dyn AsyncReadAndWrite + Send>,
    control: WireControl,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
    scanner: Scanner,
    readable: Vec<u8>,
    consumed: usize,
    /// While true, what is written is our own stream header that the server must not see.
    swallows_header: bool,
    header: Vec<u8>,
}

impl Wire {
    /// `opening`: stream header and features that the server has already sent, if the stream is not to be opened.
    pub(crate) fn new(io: Box<dyn AsyncReadAndWrite + Send>, opening: Option<Vec<u8>>) -> (Self, WireControl) {
        let control = WireControl::default();
        let swallows_header = opening.is_some();
        let wire = Self {
            io,
            cut: Box::pin(control.cut.clone().cancelled_owned()),
            control: control.clone(),
            scanner: Scanner::new(usize::from(swallows_header)),
            readable: opening.unwrap_or_default(),
            consumed: 0,
            swallows_header,
            header: Vec::new(),
        };
        (wire, control)
    }

    fn poll_cut(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.cut.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "given up")),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncBufRead for Wire {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        while this.consumed == this.readable.len() {
            this.poll_cut(cx)?;
            this.readable.clear();
            this.consumed = 0;
            let received = ready!(Pin::new(&mut this.io).poll_fill_buf(cx))?;
            if received.is_empty() {
                return Poll::Ready(Ok(&[]));
            }
            this.scanner.feed(received, &mut this.readable);
            let length = received.len();
            Pin::new(&mut this.io).consume(length);
            if this.scanner.is_too_long {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "a stanza is too long")));
            }
            if let Some(error) = this.scanner.take_stream_error() {
                let _ = this.control.stream_error.set(error);
            }
        }
        Poll::Ready(Ok(&this.readable[this.consumed..]))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.consumed = (this.consumed + amount).min(this.readable.len());
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let available = ready!(self.as_mut().poll_fill_buf(cx))?;
        let length = available.len().min(buf.remaining());
        buf.put_slice(&available[..length]);
        self.consume(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.poll_cut(cx)?;
        if this.swallows_header {
            this.header.extend_from_slice(data);
            // The header is `<?xml …?><stream:stream …>`; the library writes and flushes it on its own, and
            // escapes `>` in attribute values.
            if let Some(start) = find(&this.header, b"<stream:stream")
                && this.header[start..].contains(&b'>')
            {
                this.swallows_header = false;
                this.header = Vec::new();
            }
            return Poll::Ready(Ok(data.len()));
        }
        Pin::new(&mut this.io).poll_write(cx, data)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Follows the structure of XML without building anything.
///
/// ```text
/// Text → Opened → Start ⇄ Quoted        (`/` at its end: an empty element)
///           ├───→ End
///           ├───→ Instruction           `<?xml …?>`
///           └───→ Declaration → CData   (anything else there is the parser's to refuse)
/// ```
struct Scanner {
    state: State,
    /// Open elements; the stream's root is 1.
    depth: usize,
    /// Since the last stanza ended.
    octets: usize,
    is_too_long: bool,
    /// Everything is left out until the depth is back at this.
    leaving_out: Option<usize>,
    /// The start tag since `<`, without the values.
    name: Vec<u8>,
    slash: bool,
    /// The start tag of a child of the root, until it is complete.
    held: Option<Vec<u8>>,
    /// Collects a stream error while it arrives.
    error: Option<Vec<u8>>,
    finished_error: Option<Vec<u8>>,
    marker: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    Opened,
    Start,
    Quoted(u8),
    End,
    Instruction,
    Declaration,
    CData,
}

impl Scanner {
    fn new(depth: usize) -> Self {
        Self {
            state: State::Text,
            depth,
            octets: 0,
            is_too_long: false,
            leaving_out: None,
            name: Vec::new(),
            slash: false,
            held: None,
            error: None,
            finished_error: None,
            marker: Vec::new(),
        }
    }

    fn take_stream_error(&mut self) -> Option<Vec<u8>> {
        self.finished_error.take()
    }

    fn feed(&mut self, input: &[u8], out: &mut Vec<u8>) {
        for &byte in input {
            self.octets += 1;
            self.step(byte, out);
            if self.octets > MAX_STANZA {
                self.is_too_long = true;
                return;
            }
        }
    }

    fn emit(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if let Some(held) = &mut self.held {
            held.extend_from_slice(bytes);
            if held.len() > MAX_HELD {
                self.release(out);
            }
            return;
        }
        if self.leaving_out.is_none() {
            out.extend_from_slice(bytes);
            if let Some(error) = &mut self.error
                && error.len() < MAX_STREAM_ERROR
            {
                error.extend_from_slice(bytes);
            }
        }
    }

    /// Lets a held start tag go.
    fn release(&mut self, out: &mut Vec<u8>) {
        let Some(mut held) = self.held.take() else { return };
        if held.starts_with(b"<failed") && held.ends_with(b">") && !self.name.windows(3).any(|window| window == b" h=")
        {
            held.splice(7..7, *b" h='0'");
        }
        self.emit(&held, out);
    }

    fn step(&mut self, byte: u8, out: &mut Vec<u8>) {
        match self.state {
            // The `<` waits for the next octet, which decides whether it is still to be let through.
            State::Text if byte == b'<' => self.state = State::Opened,
            State::Text => self.emit(&[byte], out),
            State::Opened => self.opened(byte, out),
            State::Start => match byte {
                b'>' => self.start_ends(out),
                b'"' | b'\'' => {
                    self.state = State::Quoted(byte);
                    self.emit(&[byte], out);
                }
                _ => {
                    if self.name.len() < MAX_NAMES {
                        self.name.push(byte);
                    }
                    self.slash = byte == b'/';
                    self.emit(&[byte], out);
                }
            },
            State::Quoted(quote) => {
                if byte == quote {
                    self.state = State::Start;
                }
                self.slash = false;
                self.emit(&[byte], out);
            }
            State::End => {
                self.emit(&[byte], out);
                if byte == b'>' {
                    self.element_ends();
                }
            }
            State::Instruction => {
                self.emit(&[byte], out);
                if byte == b'>' {
                    self.state = State::Text;
                }
            }
            State::Declaration | State::CData => self.declared(byte, out),
        }
    }

    fn opened(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b'/' => {
                self.state = State::End;
                self.emit(b"</", out);
            }
            b'?' => {
                self.state = State::Instruction;
                self.emit(b"<?", out);
            }
            b'!' => {
                self.state = State::Declaration;
                self.marker.clear();
                self.emit(b"<!", out);
            }
            _ => {
                self.state = State::Start;
                self.name.clear();
                self.name.push(byte);
                self.slash = false;
                if self.depth >= MAX_DEPTH && self.leaving_out.is_none() {
                    self.leaving_out = Some(self.depth);
                }
                if self.depth == 1 {
                    self.error = Some(Vec::new());
                    self.held = Some(Vec::new());
                }
                self.emit(&[b'<', byte], out);
            }
        }
    }

    fn start_ends(&mut self, out: &mut Vec<u8>) {
        if self.depth == 1 && !self.name.starts_with(b"stream:error") {
            self.error = None;
        }
        self.emit(b">", out);
        self.release(out);
        self.depth += 1;
        self.state = State::Text;
        if self.slash {
            self.element_ends();
        }
    }

    fn element_ends(&mut self) {
        self.state = State::Text;
        self.depth = self.depth.saturating_sub(1);
        if self.leaving_out == Some(self.depth) {
            self.leaving_out = None;
        }
        if self.depth == 1 {
            self.octets = 0;
            self.finished_error = self.error.take().or(self.finished_error.take());
        }
    }

    fn declared(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.emit(&[byte], out);
        self.marker.push(byte);
        if self.state == State::Declaration {
            if self.marker == b"[CDATA[" {
                self.state = State::CData;
                self.marker.clear();
            } else if byte == b'>' {
                self.state = State::Text;
            } else if self.marker.len() > 16 {
                self.marker.truncate(8);
            }
        } else if self.marker.ends_with(b"]]>") {
            self.state = State::Text;
        } else if self.marker.len() > 16 {
            self.marker.drain(..13);
        }
    }
}

/// What is let through of the bytes within an open stream, for fuzzing.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn scan(pieces: &[&[u8]]) -> (Vec<u8>, Option<Vec<u8>>) {
    let mut scanner = Scanner::new(1);
    let mut out = Vec::new();
    pieces.iter().for_each(|piece| scanner.feed(piece, &mut out));
    (out, scanner.take_stream_error())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn scan(depth: usize, chunks: &[&str]) -> (String, Option<String>) {
        let mut scanner = Scanner::new(depth);
        let mut out = Vec::new();
        for chunk in chunks {
            scanner.feed(chunk.as_bytes(), &mut out);
        }
        (String::from_utf8(out).unwrap(), scanner.take_stream_error().map(|error| String::from_utf8(error).unwrap()))
    }

    const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='a>b'>";

    #[test]
    fn ordinary_stanzas_pass_unchanged() {
        let text = format!(
            "{HEADER}<message a='x/>' b=\"'\"><body>1 &lt; 2</body><![CDATA[</not a tag>]]><x/></message><r xmlns='s'/>"
        );
        for split in 0..text.len() {
            let (passed, error) = scan(0, &[&text[..split], &text[split..]]);
            assert_eq!(passed, text, "split at {split}");
            assert_eq!(error, None);
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_left_out_and_the_rest_stays() {
        let deep = format!("{}text{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        let text = format!("{HEADER}<message><body>hi</body>{deep}<z/></message><iq/>");
        let (passed, _) = scan(0, &[&text]);
        // The root and the message are two levels.
        let kept = format!("{}{}", "<a>".repeat(MAX_DEPTH - 2), "</a>".repeat(MAX_DEPTH - 2));
        assert_eq!(passed, format!("{HEADER}<message><body>hi</body>{kept}<z/></message><iq/>"));
    }

    #[test]
    fn a_stanza_has_an_end() {
        let too_long = |stanza: usize, stanzas: usize| {
            let mut scanner = Scanner::new(1);
            let text = format!("<message><body>{}</body></message>", "x".repeat(stanza));
            (0..stanzas).for_each(|_| scanner.feed(text.as_bytes(), &mut Vec::new()));
            scanner.is_too_long
        };
        assert!(!too_long(MAX_STANZA / 2, 3));
        assert!(too_long(MAX_STANZA, 1));
    }

    #[test]
    fn a_stream_error_is_kept_and_one_inside_of_a_stanza_is_not() {
        let error = "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
        let (_, found) = scan(1, &[&error[..20], &error[20..], "</stream:stream>"]);
        assert_eq!(found.as_deref(), Some(error));
        let (_, found) = scan(1, &["<message>", error, "</message>"]);
        assert_eq!(found, None);
    }

    #[test]
    fn a_failed_resumption_gets_the_count_that_the_library_insists_on() {
        let cases = [
            ("<failed xmlns='urn:xmpp:sm:3'/>", "<failed h='0' xmlns='urn:xmpp:sm:3'/>"),
            ("<failed><x/></failed>", "<failed h='0'><x/></failed>"),
            ("<failed xmlns='urn:xmpp:sm:3' h='7'>", "<failed xmlns='urn:xmpp:sm:3' h='7'>"),
            ("<iq><failed/></iq>", "<iq><failed/></iq>"),
        ];
        for (given, expected) in cases {
            assert_eq!(scan(1, &[given]).0, expected);
        }
        let long = format!("<message id='{}'/>", "x".repeat(2000));
        assert_eq!(scan(1, &[&long]).0, long);
    }

    #[tokio::test]
    async fn the_opening_is_played_and_our_header_swallowed() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream, duplex};
        let (near, mut far) = duplex(1024);
        let (mut wire, control) = Wire::new(Box::new(BufStream::new(near)), Some(b"<opening>".to_vec()));
        wire.write_all(b"<?xml version='1.0'?><stream:stream ").await.unwrap();
        wire.write_all(b"to='example.org'>").await.unwrap();
        wire.write_all(b"<r/>").await.unwrap();
        wire.flush().await.unwrap();
        let mut opening = [0; 9];
        wire.read_exact(&mut opening).await.unwrap();
        assert_eq!(&opening, b"<opening>");
        let mut sent = [0; 4];
        far.read_exact(&mut sent).await.unwrap();
        assert_eq!(&sent, b"<r/>");
        control.cut();
        assert_eq!(wire.read(&mut sent).await.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
    }
}
