//! The byte stream between TLS and the XML parser, with nine things the stanza stream of the library lacks:
//!
//! * it can be cut at once ([`WireControl::cut`]), so that a link that our own probe found dead is given up in
//!   seconds instead of after the library's time-out;
//! * it keeps a stream error (`<conflict/>`, …), which the library reports as a mere disconnect;
//! * it bounds the nesting of elements: the tree builder recurses, so a stanza of some 100,000 nested elements
//!   would end the process. Whatever is nested deeper than [`scanner::MAX_DEPTH`](super::scanner::MAX_DEPTH) is left out,
//!   the rest of the stanza stays;
//! * it bounds the length of a stanza to [`MAX_STANZA`]: the tree of one is built in memory, at many times its size.
//!   A longer one ends the connection;
//! * it completes `<failed/>` (XEP-0198 §5) with the count that servers leave out for a session they do not know: the
//!   library's type insists on it, fails the connection, keeps the dead session and would try to resume it for ever;
//! * it can end where a session is not resumed ([`WireControl::insist_on_resumption`]): the library would go on with a new
//!   one, and begin it with what it had not written in the old one, before what was lost with that;
//! * it repairs what the library's types would drop a whole stanza for: a message of an unknown type becomes a normal one
//!   (RFC 6121 §5.2.2), a `<show/>` or `<priority/>` with a value that is none is left out of its presence;
//! * it can play a stream opening that has already taken place: after SASL2 (XEP-0388 §2.6) the stream goes on
//!   without a restart, but the stanza stream begins with one;
//! * it can answer the stanza stream in the server's place, where the sign-in has done already what it asks for
//!   (XEP-0386).
//!
//! It knows nothing of stanzas.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use futures::ready;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_xmpp::connect::AsyncReadAndWrite;

use super::scanner::Scanner;

/// Octets of one stanza. Servers allow 64 KiB to 1 MiB; only a roster or form that they write themselves is longer.
const MAX_STANZA: usize = 8 * 1024 * 1024;

/// The session's end of a wire: cuts it and asks why it ended. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct WireControl {
    cut: CancellationToken,
    stream_error: Arc<OnceLock<Vec<u8>>>,
    insists: Arc<AtomicBool>,
    session_lost: Arc<AtomicBool>,
}

impl WireControl {
    /// Ends the connection if the server does not know the session any more. Before the stream is negotiated.
    pub(crate) fn insist_on_resumption(&self) {
        self.insists.store(true, Ordering::Relaxed);
    }

    /// The connection ended because of that.
    pub(crate) fn is_session_lost(&self) -> bool {
        self.session_lost.load(Ordering::Relaxed)
    }

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
    /// Answers to the next elements that are written, which the server does not see. Until they are given nothing is
    /// read, so that they come before whatever the server says.
    replies: VecDeque<Reply>,
    /// The element that is being written, and its shape.
    asked: (Vec<u8>, Scanner),
    reader: Option<Waker>,
}

/// What the server would answer to this element.
pub(crate) type Reply = Box<dyn FnOnce(&[u8]) -> Vec<u8> + Send>;

impl Wire {
    /// `opening`: stream header and features that the server has already sent, if the stream is not to be opened.
    /// `replies`: to the elements that follow.
    pub(crate) fn new(
        io: Box<dyn AsyncReadAndWrite + Send>,
        opening: Option<Vec<u8>>,
        replies: Vec<Reply>,
    ) -> (Self, WireControl) {
        let control = WireControl::default();
        let swallows_header = opening.is_some();
        let wire = Self {
            io,
            cut: Box::pin(control.cut.clone().cancelled_owned()),
            control: control.clone(),
            scanner: Scanner::new(usize::from(swallows_header), MAX_STANZA),
            readable: opening.unwrap_or_default(),
            consumed: 0,
            swallows_header,
            header: Vec::new(),
            replies: replies.into(),
            asked: (Vec::new(), Scanner::new(1, MAX_STANZA)),
            reader: None,
        };
        (wire, control)
    }

    /// Takes what is written for an element that is answered here.
    fn answer(&mut self, data: &[u8]) {
        let (asked, scanner) = &mut self.asked;
        scanner.feed(data, asked);
        if asked.is_empty() || !scanner.is_between_elements() {
            return;
        }
        if let Some(reply) = self.replies.pop_front() {
            let answer = reply(asked);
            asked.clear();
            self.readable.extend(answer);
        }
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    /// Nothing can be written any more: what the server said before it hung up is still there to be read, and may tell why.
    /// (It closes the connection over a stanza that it does not take while that is still being written.)
    fn last_words<T>(&mut self, cx: &mut Context<'_>, written: io::Result<T>) -> io::Result<T> {
        if written.is_err() {
            while let Poll::Ready(Ok(received)) = Pin::new(&mut self.io).poll_fill_buf(cx) {
                let length = received.len();
                self.scanner.feed(received, &mut self.readable);
                Pin::new(&mut self.io).consume(length);
                if let Some(error) = self.scanner.take_stream_error() {
                    let _ = self.control.stream_error.set(error);
                }
                if length == 0 || self.scanner.is_too_long {
                    break;
                }
            }
        }
        written
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
            if !this.replies.is_empty() && !this.swallows_header {
                this.reader = Some(cx.waker().clone());
                return Poll::Pending;
            }
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
            if this.scanner.has_failed && this.control.insists.load(Ordering::Relaxed) {
                this.control.session_lost.store(true, Ordering::Relaxed);
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the session is lost")));
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
        if !this.replies.is_empty() {
            this.answer(data);
            return Poll::Ready(Ok(data.len()));
        }
        let written = ready!(Pin::new(&mut this.io).poll_write(cx, data));
        Poll::Ready(this.last_words(cx, written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = ready!(Pin::new(&mut this.io).poll_flush(cx));
        Poll::Ready(this.last_words(cx, flushed))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn the_opening_is_played_and_our_header_swallowed() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream, duplex};
        let (near, mut far) = duplex(1024);
        let (mut wire, control) = Wire::new(Box::new(BufStream::new(near)), Some(b"<opening>".to_vec()), vec![]);
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
