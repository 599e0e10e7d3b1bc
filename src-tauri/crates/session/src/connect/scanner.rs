//! The shape of XML as it goes by: depth and length are bounded before a parser sees them, a stream error is kept.
//!
//! Octets in, octets out, and what was noticed. Knows nothing of what elements mean but for two of the stream's own, and
//! for the few values for which the library would drop a whole stanza.

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
    /// The server refused to resume a session, or to manage a stream (XEP-0198 §5).
    pub(crate) has_failed: bool,
    /// Everything is left out until the depth is back at this.
    leaving_out: Option<usize>,
    /// The start tag since `<`, without the values.
    name: Vec<u8>,
    slash: bool,
    /// The start tag of a child of the root until it is complete, or a child of a presence that may be left out.
    held: Option<Vec<u8>>,
    in_presence: bool,
    /// What the held child of a presence is.
    child: Option<Child>,
    /// Those that this presence has had.
    children: Vec<Child>,
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

/// Children of a presence that have one of few values (RFC 6121 §4.7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    Show,
    Priority,
}

impl Child {
    /// Whether this XML of one is what the RFC allows.
    fn is_valid(self, xml: &[u8]) -> bool {
        let text = std::str::from_utf8(xml).ok().and_then(|xml| Some(xml.split_once('>')?.1.rsplit_once("</")?.0));
        match (self, text) {
            (Self::Show, Some(text)) => matches!(text, "away" | "chat" | "dnd" | "xa"),
            (Self::Priority, Some(text)) => text.parse::<i8>().is_ok(),
            (_, None) => false,
        }
    }
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
            has_failed: false,
            leaving_out: None,
            name: Vec::new(),
            slash: false,
            held: None,
            in_presence: false,
            child: None,
            children: Vec::new(),
            error: None,
            finished_error: None,
            marker: Vec::new(),
        }
    }

    /// Whether what was taken ends with an element within the stream, or with nothing begun.
    pub(crate) fn is_between_elements(&self) -> bool {
        self.state == State::Text && self.depth == 1
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

    /// Lets go what is held, repaired.
    fn release(&mut self, out: &mut Vec<u8>) {
        let Some(mut held) = self.held.take() else { return };
        match self.tag() {
            b"failed" if held.starts_with(b"<failed") && held.ends_with(b">") => {
                self.has_failed = true;
                if !self.name.windows(3).any(|window| window == b" h=") {
                    held.splice(7..7, *b" h='0'");
                }
            }
            b"message" if held.starts_with(b"<message") => set_known_type(&mut held),
            _ => {}
        }
        self.emit(&held, out);
    }

    /// The name of the element whose start tag was read last.
    fn tag(&self) -> &[u8] {
        let end = self.name.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/');
        &self.name[..end.unwrap_or(self.name.len())]
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
                    self.element_ends(out);
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
                    self.child = None;
                } else if self.depth == 2 && self.in_presence {
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
        if self.depth == 1 {
            self.in_presence = self.tag() == b"presence";
            self.children.clear();
        }
        self.child = match self.tag() {
            b"show" if self.depth == 2 && self.in_presence => Some(Child::Show),
            b"priority" if self.depth == 2 && self.in_presence => Some(Child::Priority),
            _ if self.depth > 2 => self.child,
            _ => None,
        };
        if self.child.is_none() {
            self.release(out);
        }
        self.depth += 1;
        self.state = State::Text;
        if self.slash {
            self.element_ends(out);
        }
    }

    fn element_ends(&mut self, out: &mut Vec<u8>) {
        self.state = State::Text;
        self.depth = self.depth.saturating_sub(1);
        if self.leaving_out == Some(self.depth) {
            self.leaving_out = None;
        }
        if self.depth == 2
            && let Some(child) = self.child.take()
        {
            let is_good =
                self.held.as_deref().is_none_or(|held| child.is_valid(held)) && !self.children.contains(&child);
            self.children.push(child);
            if is_good {
                self.release(out);
            } else {
                self.held = None;
            }
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

/// RFC 6121 §5.2.2: a message of a type that is not known is a normal one.
fn set_known_type(start: &mut Vec<u8>) {
    let mut open = None;
    for (at, byte) in start.iter().copied().enumerate() {
        match open {
            None if matches!(byte, b'"' | b'\'') => open = Some((byte, at)),
            Some((quote, from)) if byte == quote => {
                let is_known =
                    matches!(&start[from + 1..at], b"chat" | b"error" | b"groupchat" | b"headline" | b"normal");
                if attribute(&start[..from]) == Some(b"type") && !is_known {
                    start.splice(from + 1..at, *b"normal");
                    return;
                }
                open = None;
            }
            _ => {}
        }
    }
}

/// The name of the attribute whose value begins after this much of a start tag.
fn attribute(start: &[u8]) -> Option<&[u8]> {
    let name = start.trim_ascii_end().strip_suffix(b"=")?.trim_ascii_end();
    let from = name.iter().rposition(u8::is_ascii_whitespace)?;
    name.get(from + 1..)
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
    fn what_the_library_would_drop_a_stanza_for_is_left_out() {
        let cases = [
            ("<presence><show>online</show><status>x</status></presence>", "<presence><status>x</status></presence>"),
            ("<presence><show>xa</show><priority>-5</priority></presence>", ""),
            (
                "<presence><priority>200</priority><a><show>b</show></a></presence>",
                "<presence><a><show>b</show></a></presence>",
            ),
            ("<presence><show/><priority/><c/></presence>", "<presence><c/></presence>"),
            ("<presence><show>away</show><show>dnd</show></presence>", "<presence><show>away</show></presence>"),
            ("<presence><show><b>away</b></show>x</presence>", "<presence>x</presence>"),
            ("<presence><show xml:lang='en'>away</show></presence><presence><show>dnd</show></presence>", ""),
            ("<iq><show>online</show></iq>", ""),
            (
                "<message type='odd' id='type'><show>x</show></message>",
                "<message type='normal' id='type'><show>x</show></message>",
            ),
            ("<message id=\"a type='x'\" type = \"\"/>", "<message id=\"a type='x'\" type = \"normal\"/>"),
            ("<message my:type='odd' mytype='odd' type='chat'/>", ""),
        ];
        for (given, expected) in cases {
            let expected = if expected.is_empty() { given } else { expected };
            for split in 0..given.len() {
                assert_eq!(scan(1, &[&given[..split], &given[split..]]).0, expected, "{given} split at {split}");
            }
        }
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
