//! ODS, written by hand over `zip` and `quick-xml`: one table needs five small files.

use std::io::{self, Cursor, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{EchecExport, Feuille, Format, Genre, Valeur, apostrophe_dite, largeur, texte_xml};

type Xml = Writer<Vec<u8>>;

const MANIFESTE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"#;

/// Bold header; amounts as `1 234,50 €`; dates as `24/11/2026`.
const STYLES: &str = r#"<number:number-style style:name="NM"><number:number number:decimal-places="2" number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/><number:text> €</number:text></number:number-style><number:date-style style:name="ND"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style><style:style style:name="entete" style:family="table-cell"><style:table-cell-properties fo:wrap-option="wrap"/><style:text-properties fo:font-weight="bold"/></style:style><style:style style:name="texte" style:family="table-cell"/><style:style style:name="montant" style:family="table-cell" style:data-style-name="NM"/><style:style style:name="date" style:family="table-cell" style:data-style-name="ND"/>"#;

const ESPACES: [(&str, &str); 9] = [
    ("xmlns:office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
    ("xmlns:table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
    ("xmlns:text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
    ("xmlns:style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"),
    ("xmlns:number", "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"),
    ("xmlns:fo", "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"),
    ("xmlns:config", "urn:oasis:names:tc:opendocument:xmlns:config:1.0"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("office:version", "1.3"),
];

pub(super) fn ecrire(feuille: &Feuille) -> Result<Vec<u8>, EchecExport> {
    archive(feuille).map_err(|erreur| EchecExport::Ecriture(erreur.to_string()))
}

fn archive(feuille: &Feuille) -> io::Result<Vec<u8>> {
    let tasse = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    // First and stored: what makes the format recognised by its first bytes.
    let mime = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let fichiers = [
        ("mimetype", mime, Format::Ods.genre().as_bytes().to_vec()),
        ("META-INF/manifest.xml", tasse, MANIFESTE.as_bytes().to_vec()),
        ("content.xml", tasse, document("office:document-content", |xml| contenu(xml, feuille))?),
        ("meta.xml", tasse, document("office:document-meta", |xml| meta(xml, feuille))?),
        ("settings.xml", tasse, document("office:document-settings", |xml| reglages(xml, feuille))?),
    ];
    for (nom, options, octets) in fichiers {
        zip.start_file(nom, options)?;
        zip.write_all(&octets)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn document(racine: &str, corps: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element(racine).with_attributes(ESPACES).write_inner_content(corps)?;
    Ok(xml.into_inner())
}

fn contenu(xml: &mut Xml, feuille: &Feuille) -> io::Result<()> {
    xml.create_element("office:automatic-styles").write_inner_content(|xml| {
        xml.get_mut().write_all(STYLES.as_bytes())?;
        for rang in 0..feuille.colonnes.len() {
            let (nom, large) = (format!("c{rang}"), format!("{:.2}cm", mesure(largeur(feuille, rang))));
            xml.create_element("style:style")
                .with_attributes([("style:name", nom.as_str()), ("style:family", "table-column")])
                .write_inner_content(|xml| {
                    xml.create_element("style:table-column-properties")
                        .with_attribute(("style:column-width", large.as_str()))
                        .write_empty()
                        .map(|_| ())
                })?;
        }
        Ok(())
    })?;
    let nom = feuille.nom_de_feuille();
    xml.create_element("office:body").write_inner_content(|xml| {
        xml.create_element("office:spreadsheet").write_inner_content(|xml| {
            xml.create_element("table:table").with_attribute(("table:name", nom.as_str())).write_inner_content(
                |xml| {
                    for (rang, colonne) in feuille.colonnes.iter().enumerate() {
                        xml.create_element("table:table-column")
                            .with_attributes([
                                ("table:style-name", format!("c{rang}").as_str()),
                                ("table:default-cell-style-name", style(colonne.genre)),
                            ])
                            .write_empty()?;
                    }
                    xml.create_element("table:table-header-rows").write_inner_content(|xml| {
                        ligne(xml, feuille.colonnes.iter(), |xml, colonne| texte(xml, &colonne.titre, "entete"))
                    })?;
                    feuille.lignes.iter().try_for_each(|valeurs| ligne(xml, valeurs.iter(), cellule))
                },
            )?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn style(genre: Genre) -> &'static str {
    match genre {
        Genre::Texte | Genre::Entier => "texte",
        Genre::Montant => "montant",
        Genre::Date => "date",
    }
}

/// A character is about two millimetres wide.
fn mesure(caracteres: usize) -> f64 {
    f64::from(u32::try_from(caracteres).unwrap_or(60)) * 0.2
}

fn ligne<T>(
    xml: &mut Xml,
    valeurs: impl Iterator<Item = T>,
    mut ecrire: impl FnMut(&mut Xml, T) -> io::Result<()>,
) -> io::Result<()> {
    xml.create_element("table:table-row").write_inner_content(|xml| {
        let mut vide = true;
        for valeur in valeurs {
            vide = false;
            ecrire(xml, valeur)?;
        }
        // A row without cell is not valid.
        if vide { xml.create_element("table:table-cell").write_empty().map(|_| ()) } else { Ok(()) }
    })?;
    Ok(())
}

fn cellule(xml: &mut Xml, valeur: &Valeur) -> io::Result<()> {
    match valeur {
        Valeur::Vide => xml.create_element("table:table-cell").write_empty().map(|_| ()),
        Valeur::Texte(contenu) => texte(xml, &apostrophe_dite(contenu), "texte"),
        Valeur::Entier(nombre) => {
            let nombre = nombre.to_string();
            typee(xml, &[("office:value-type", "float"), ("office:value", &nombre)], &nombre)
        }
        Valeur::Montant(cents) => {
            let signe = if cents.0 < 0 { "-" } else { "" };
            let exact = format!("{signe}{}.{:02}", cents.0.unsigned_abs() / 100, cents.0.unsigned_abs() % 100);
            let attributs =
                [("table:style-name", "montant"), ("office:value-type", "float"), ("office:value", exact.as_str())];
            typee(xml, &attributs, &cents.to_string())
        }
        Valeur::Date(date) => {
            let iso = date.to_string();
            let affiche = date.strftime("%d/%m/%Y").to_string();
            let attributs =
                [("table:style-name", "date"), ("office:value-type", "date"), ("office:date-value", iso.as_str())];
            typee(xml, &attributs, &affiche)
        }
    }
}

fn typee(xml: &mut Xml, attributs: &[(&str, &str)], affiche: &str) -> io::Result<()> {
    xml.create_element("table:table-cell")
        .with_attributes(attributs.iter().copied())
        .write_inner_content(|xml| paragraphe(xml, affiche))?;
    Ok(())
}

fn texte(xml: &mut Xml, contenu: &str, style: &str) -> io::Result<()> {
    let propre = texte_xml(contenu);
    xml.create_element("table:table-cell")
        .with_attributes([("table:style-name", style), ("office:value-type", "string")])
        .write_inner_content(|xml| propre.split('\n').try_for_each(|ligne| paragraphe(xml, ligne)))?;
    Ok(())
}

/// ODF folds spaces: each one after another space, at an end, or a tab, has its own element.
fn paragraphe(xml: &mut Xml, ligne: &str) -> io::Result<()> {
    xml.create_element("text:p").write_inner_content(|xml| {
        let mut mots = String::new();
        for c in ligne.chars() {
            let element = match c {
                '\t' => "text:tab",
                ' ' if mots.is_empty() || mots.ends_with(' ') => "text:s",
                autre => {
                    mots.push(autre);
                    continue;
                }
            };
            xml.write_event(Event::Text(BytesText::new(&std::mem::take(&mut mots))))?;
            xml.create_element(element).write_empty()?;
        }
        // A final space would be folded too.
        let finale = mots.ends_with(' ');
        xml.write_event(Event::Text(BytesText::new(mots.trim_end_matches(' '))))?;
        if finale {
            xml.create_element("text:s").write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn meta(xml: &mut Xml, feuille: &Feuille) -> io::Result<()> {
    xml.create_element("office:meta").write_inner_content(|xml| {
        xml.create_element("dc:title").write_text_content(BytesText::new(&texte_xml(&feuille.titre)))?;
        xml.create_element("dc:language").write_text_content(BytesText::new("fr-FR"))?;
        Ok(())
    })?;
    Ok(())
}

/// The header stays in sight.
fn reglages(xml: &mut Xml, feuille: &Feuille) -> io::Result<()> {
    let nom = feuille.nom_de_feuille();
    let element = |xml: &mut Xml, balise: &str, nom: &str, corps: &dyn Fn(&mut Xml) -> io::Result<()>| {
        xml.create_element(balise).with_attribute(("config:name", nom)).write_inner_content(corps).map(|_| ())
    };
    let entree = |xml: &mut Xml, corps: &dyn Fn(&mut Xml) -> io::Result<()>| {
        xml.create_element("config:config-item-map-entry").write_inner_content(corps).map(|_| ())
    };
    let valeur = |xml: &mut Xml, nom: &str, nombre: &str| {
        xml.create_element("config:config-item")
            .with_attributes([("config:name", nom), ("config:type", "int")])
            .write_text_content(BytesText::new(nombre))
            .map(|_| ())
    };
    xml.create_element("office:settings").write_inner_content(|xml| {
        element(xml, "config:config-item-set", "ooo:view-settings", &|xml| {
            element(xml, "config:config-item-map-indexed", "Views", &|xml| {
                entree(xml, &|xml| {
                    element(xml, "config:config-item-map-named", "Tables", &|xml| {
                        element(xml, "config:config-item-map-entry", &nom, &|xml| {
                            // 2: frozen; the split stands under the first row.
                            valeur(xml, "VerticalSplitMode", "2")?;
                            valeur(xml, "VerticalSplitPosition", "1")?;
                            valeur(xml, "ActiveSplitRange", "2")?;
                            valeur(xml, "PositionBottom", "1")
                        })
                    })
                })
            })
        })
    })?;
    Ok(())
}
