//! The shape of XML as it goes by: depth and length are bounded before a parser sees them, a stream error is kept.
//!
//! Octets in, octets out, and what was noticed. Knows nothing of what elements mean but for two of the stream's own.

/// Elements may be nested this deep, counted from the stream's root. The deepest real stanza that we know (a
/// forwarded Jingle message in an archive result) has 12 levels.
pub(crate) const MAX_DEPTH: usize = 64;
/// Octets that are kept of a stream error: condition and text, not more.
const MAX_STREAM_ERROR: usize = 4096;
/// Octets of a start tag that is waited for; a longer one is none of those that matter.
const MAX_HELD: usize = 1024;
/// Octets of a start tag outside of attribute values: the element's and the attributes' names.
const MAX_NAMES: usize = 64;

/// Follows the structure of XML without building anything.
///
/// ```text
/// Text → Opened → Start ⇄ Quoted        (`/` at its end: an empty element)
///           ├───→ End
///           ├───→ Instruction           `<?xml …?>`
///           └───→ Declaration → CData   (anything else there is the parser's to refuse)
/// ```
pub(crate) struct Scanner {
    state: State,
    /// Open elements; the stream's root is 1.
    depth: usize,
    /// Since the last stanza ended.
    octets: usize,
    /// What there may be of them.
    max_octets: usize,
    pub(crate) is_too_long: bool,
    /// Something was nested too deep, and left out.
    pub(crate) is_too_deep: bool,
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
    /// `depth`: elements that are open already, that is 1 within a stream.
    pub(crate) fn new(depth: usize, max_octets: usize) -> Self {
        Self {
            state: State::Text,
            depth,
            octets: 0,
            max_octets,
            is_too_long: false,
            is_too_deep: false,
            leaving_out: None,
            name: Vec::new(),
            slash: false,
            held: None,
            error: None,
            finished_error: None,
            marker: Vec::new(),
        }
    }

    /// A stream error that is complete.
    pub(crate) fn take_stream_error(&mut self) -> Option<Vec<u8>> {
        self.finished_error.take()
    }

    /// Takes octets and puts out what is let through.
    pub(crate) fn feed(&mut self, input: &[u8], out: &mut Vec<u8>) {
        for &byte in input {
            self.octets += 1;
            self.step(byte, out);
            if self.octets > self.max_octets {
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
                    self.is_too_deep = true;
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
    let mut scanner = Scanner::new(1, 8 * 1024 * 1024);
    let mut out = Vec::new();
    pieces.iter().for_each(|piece| scanner.feed(piece, &mut out));
    (out, scanner.take_stream_error())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const MAX_STANZA: usize = 1 << 20;

    fn scan(depth: usize, chunks: &[&str]) -> (String, Option<String>) {
        let mut scanner = Scanner::new(depth, MAX_STANZA);
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
            let mut scanner = Scanner::new(1, MAX_STANZA);
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
}
