//! [`Html`]: a writer of HTML. Only literals of this program are markup; everything else is escaped, here and nowhere else.

use serde_json::Value as Json;

use crate::export::{inert, xml};

/// A page, or a part of one, that is being written.
#[derive(Debug, Default)]
pub(super) struct Html {
    text: String,
    /// The elements that are open, the innermost last.
    open: Vec<&'static str>,
}

/// Names and values; values are escaped.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Html {
    /// Markup as it is.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.text.push_str(markup);
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Html {
        self.text.push_str(&xml::escape(text));
        self
    }

    /// Begins an element. An attribute with an empty value is left out.
    pub(super) fn open(&mut self, tag: &'static str, attributes: Attributes) -> &mut Html {
        self.start(tag, attributes);
        self.open.push(tag);
        self
    }

    /// An element that holds nothing and is never closed, such as `meta`.
    pub(super) fn void(&mut self, tag: &'static str, attributes: Attributes) -> &mut Html {
        self.start(tag, attributes);
        self
    }

    fn start(&mut self, tag: &'static str, attributes: Attributes) {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.text.push_str(&xml::escape(value));
            self.text.push('"');
        }
        self.text.push('>');
    }

    /// Ends the innermost element.
    pub(super) fn close(&mut self) -> &mut Html {
        let tag = self.open.pop().expect("an element is open");
        self.text.push_str("</");
        self.text.push_str(tag);
        self.text.push_str(">\n");
        self
    }

    /// An element that holds only text.
    pub(super) fn element(&mut self, tag: &'static str, attributes: Attributes, text: &str) -> &mut Html {
        self.open(tag, attributes).text(text);
        self.end()
    }

    /// As [`Html::close`], without a line end: within a sentence.
    pub(super) fn end(&mut self) -> &mut Html {
        self.close();
        self.text.pop();
        self
    }

    /// Data for machines that read the page.
    pub(super) fn linked_data(&mut self, data: &Json) {
        self.text.push_str("<script type=\"application/ld+json\">");
        self.text.push_str(&inert(&data.to_string()));
        self.text.push_str("</script>\n");
    }

    /// What an exporter of pictures has written.
    pub(super) fn drawing(&mut self, svg: &str) {
        self.text.push_str(svg);
    }

    pub(super) fn finish(self) -> String {
        assert!(self.open.is_empty(), "elements are open: {:?}", self.open);
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_literals_are_markup() {
        let mut html = Html::default();
        html.open("p", &[("title", "\"><i>"), ("id", "")]).text("<b>&").close();
        html.linked_data(&json!({ "name": "</script>" }));
        let expected = "<p title=\"&quot;&gt;&lt;i&gt;\">&lt;b&gt;&amp;</p>\n\
                        <script type=\"application/ld+json\">{\"name\":\"\\u003c/script\\u003e\"}</script>\n";
        assert_eq!(html.finish(), expected);
    }
}
