//! The text of a stanza, of which parts are fallbacks. Places are counted in code points (XEP-0428 §3.2, XEP-0372 §3.1).

use minidom::Element;

use crate::{
    xep::fallback_0428,
    xml::{ElementExt, clean, element, ns},
};

/// The text that is being read.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// As it came.
    chars: Vec<char>,
    /// Ranges that were cut out, sorted, without overlap.
    cut: Vec<(usize, usize)>,
}

impl Body {
    pub(super) fn of(text: &str) -> Self {
        Self { chars: text.chars().collect(), cut: Vec::new() }
    }

    fn len(&self) -> u32 {
        u32::try_from(self.chars.len()).unwrap_or(u32::MAX)
    }

    /// Cuts out what is a fallback for an extension, and returns it.
    pub(super) fn cut_fallback(&mut self, message: &Element, feature: &str) -> String {
        let mut taken = String::new();
        for (start, end) in fallback_0428::ranges(message, feature, self.len()) {
            let (start, end) = (start as usize, end as usize);
            taken.extend((start..end).filter(|at| !self.is_cut(*at)).filter_map(|at| self.chars.get(at)));
            self.cut(start, end);
        }
        taken
    }

    fn is_cut(&self, at: usize) -> bool {
        self.cut.iter().any(|(start, end)| (*start..*end).contains(&at))
    }

    fn cut(&mut self, start: usize, end: usize) {
        self.cut.push((start, end));
        self.cut.sort_unstable();
        let mut merged: Vec<(usize, usize)> = Vec::with_capacity(self.cut.len());
        for (start, end) in self.cut.drain(..) {
            match merged.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        self.cut = merged;
    }

    /// What is left.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.chars.len());
        let mut from = 0;
        for (start, end) in self.cut.iter().copied().chain([(self.chars.len(), self.chars.len())]) {
            text.extend(self.chars.get(from..start).unwrap_or_default());
            from = end;
        }
        text
    }

    /// A place of the whole text in what is left of it.
    pub(super) fn place(&self, at: u32) -> Option<u32> {
        let at = usize::try_from(at).ok().filter(|at| *at <= self.chars.len())?;
        let before = self.cut.iter().map(|(start, end)| at.min(*end) - at.min(*start)).sum::<usize>();
        u32::try_from(at - before).ok()
    }
}

/// The text that is being written.
#[derive(Debug, Default)]
pub(super) struct BodyWriter {
    text: String,
    len: u32,
    fallbacks: Vec<(&'static str, (u32, u32))>,
    /// Where each code point of the own text went.
    places: Vec<u32>,
}

impl BodyWriter {
    /// Text that is there only for clients without an extension.
    pub(super) fn push_fallback(&mut self, feature: &'static str, text: &str) {
        let start = self.len;
        for c in normal(text).chars() {
            self.text.push(c);
            self.len += 1;
        }
        self.fallbacks.push((feature, (start, self.len)));
    }

    /// What the person wrote; once.
    pub(super) fn push(&mut self, text: &str) {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            self.places.push(self.len);
            // Parsers make one line feed of each line end (XML 1.0 §2.11): places are counted as they will be read.
            let c = match c {
                '\r' if chars.peek() == Some(&'\n') => continue,
                '\r' => '\n',
                c => c,
            };
            let mut written = [0; 4];
            if !clean(c.encode_utf8(&mut written).to_owned()).is_empty() {
                self.text.push(c);
                self.len += 1;
            }
        }
        self.places.push(self.len);
    }

    /// Where a place of the own text is in the whole.
    pub(super) fn place(&self, at: u32) -> Option<u32> {
        self.places.get(usize::try_from(at).ok()?).copied()
    }

    /// The `<body/>`, if there is any text, and the marks of what is a fallback in it.
    pub(super) fn finish(self) -> Vec<Element> {
        if self.text.is_empty() {
            return Vec::new();
        }
        let mut children = vec![element("body", ns::CLIENT).with_text(self.text)];
        for (feature, range) in self.fallbacks.into_iter().filter(|(_, (start, end))| start < end) {
            children.push(fallback_0428::child(feature, range));
        }
        children
    }
}

/// As it will be read: without what XML forbids, and with its line ends.
pub(super) fn normal(text: &str) -> String {
    clean(text.replace("\r\n", "\n").replace('\r', "\n"))
}
