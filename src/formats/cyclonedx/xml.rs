//! CycloneDX as XML → [`Bom`].

use std::borrow::Cow;

use super::bom::{Bom, DEVELOPMENT, Link, Node, Part};
use super::element::{Element, Elements, Step};
use super::{Problem, Sheet};

pub(super) fn read(sheet: &mut Sheet) -> Result<(), Problem> {
    let mut elements = Elements::new(sheet.text);
    let mut bom = Bom::new(sheet);
    match elements.step(bom.sheet)? {
        Step::Open(root, is_empty) if *root.name == *"bom" => {
            bom.number(root.attribute("serialNumber"), root.attribute("version"));
            if !is_empty {
                sections(&mut elements, &mut bom)?;
            }
        }
        Step::Open(..) | Step::Close | Step::End => {
            let help = "a CycloneDX file begins with <bom xmlns=\"http://cyclonedx.org/schema/bom/…\">";
            return Err(Problem::at(1, "not a CycloneDX bill of materials").help(help));
        }
    }
    bom.finish()
}

/// The children of the root, in the order of the schema: components come before dependencies.
fn sections<'a>(elements: &mut Elements<'a>, bom: &mut Bom<'_, 'a>) -> Result<(), Problem> {
    while let Some((section, is_empty)) = opened(elements, bom)? {
        bom.leave_out(&section.name);
        if is_empty {
            continue;
        }
        let take: fn(&mut Bom<'_, 'a>, Element<'a>) -> Result<(), Problem> = match &*section.name {
            "metadata" => metadata,
            "components" | "services" => |bom, element| bom.state(&Written(&element)),
            "dependencies" => |bom, element| dependencies(bom, &element),
            "compositions" => |bom, element| composition(bom, &element),
            _ => {
                elements.skip(bom.sheet)?;
                continue;
            }
        };
        while let Some((element, is_empty)) = opened(elements, bom)? {
            let element = if is_empty { element } else { elements.fill(bom.sheet, element)? };
            take(bom, element)?;
        }
    }
    Ok(())
}

/// The next child of the element that is open, and whether it is empty; `None` at the end.
fn opened<'a>(elements: &mut Elements<'a>, bom: &Bom<'_, 'a>) -> Result<Option<(Element<'a>, bool)>, Problem> {
    match elements.step(bom.sheet)? {
        Step::Open(element, is_empty) => Ok(Some((element, is_empty))),
        Step::Close => Ok(None),
        Step::End => Err(elements.wrong(bom.sheet.text.len(), "the file ends inside an element")),
    }
}

fn metadata<'a>(bom: &mut Bom<'_, 'a>, element: Element<'a>) -> Result<(), Problem> {
    match &*element.name {
        "component" => bom.state(&Written(&element))?,
        // Tools are components and services since 1.5.
        "tools" => {
            for tool in &element.children {
                let listed = if *tool.name == *"tool" { std::slice::from_ref(tool) } else { &tool.children };
                listed.iter().for_each(|tool| bom.tool(tool.child_text("name")));
            }
        }
        _ => {}
    }
    Ok(())
}

fn composition(bom: &mut Bom, element: &Element) -> Result<(), Problem> {
    for dependency in element.child("dependencies").into_iter().flat_map(|list| &list.children) {
        bom.composition(dependency.attribute("ref"), element.child_text("aggregate"));
    }
    Ok(())
}

/// An entry, whose needs may be entries themselves.
fn dependencies(bom: &mut Bom, entry: &Element) -> Result<(), Problem> {
    let reference = entry.attribute("ref");
    let start = bom.entry(reference, bom.sheet.line_of(entry.words))?;
    for need in &entry.children {
        let (end, line) = (need.attribute("ref"), bom.sheet.line_of(need.words));
        let tag = need.words.split_inclusive('>').next().unwrap_or_default();
        let words = format!("<dependency ref=\"{reference}\"> {tag}");
        match &*need.name {
            "provides" => bom.provides(start, end, line, &words)?,
            "dependency" => {
                bom.depends(start, end, line, &words)?;
                if !need.children.is_empty() {
                    dependencies(bom, need)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

struct Written<'e, 'a>(&'e Element<'a>);

impl<'e, 'a> Node<'a> for Written<'e, 'a> {
    fn part(&self, sheet: &Sheet<'a>) -> Result<Part<'a, Self>, Problem> {
        let element = self.0;
        let mut part = Part::new(*element.name == *"service", sheet.line_of(element.words), element.words);
        part.reference = Cow::Owned(element.attribute("bom-ref").to_string());
        part.kind = Cow::Owned(element.attribute("type").to_string());
        for child in &element.children {
            match &*child.name {
                "group" => part.group = child.text.clone(),
                "name" => part.name = child.text.clone(),
                "version" => part.version = child.text.clone(),
                "versionRange" => part.version_range = child.text.clone(),
                "purl" => part.purl = child.text.clone(),
                "cpe" => part.cpe = child.text.clone(),
                "description" => part.description = child.text.clone(),
                "scope" => part.scope = child.text.clone(),
                "licenses" => part.licenses = child.children.iter().filter_map(license).collect(),
                "properties" => part.is_development = child.children.iter().any(is_development),
                "components" | "services" => part.others.extend(written(child, Link::Inside)),
                "pedigree" => pedigree(child, &mut part),
                _ => {}
            }
        }
        Ok(part)
    }
}

fn written<'e, 'a>(list: &'e Element<'a>, link: Link) -> impl Iterator<Item = (Link, Written<'e, 'a>)> {
    list.children.iter().map(move |element| (link, Written(element)))
}

fn pedigree<'e, 'a>(element: &'e Element<'a>, part: &mut Part<'a, Written<'e, 'a>>) {
    for list in &element.children {
        let link = match &*list.name {
            "ancestors" => Link::Ancestor,
            "descendants" => Link::Descendant,
            "variants" => Link::Variant,
            _ => continue,
        };
        part.others.extend(written(list, link));
    }
}

/// The identifier of a licence, else its name; or an expression of several.
fn license<'a>(choice: &Element<'a>) -> Option<Cow<'a, str>> {
    match &*choice.name {
        "license" => Some(choice.child("id").or_else(|| choice.child("name"))?.text.clone()),
        "expression" => Some(choice.text.clone()),
        "expression-detailed" => Some(Cow::Owned(choice.attribute("expression").to_string())),
        _ => None,
    }
}

fn is_development(property: &Element) -> bool {
    property.attribute("name") == DEVELOPMENT && &*property.text == "true"
}
