//! Serving: HTTP and the worker, until told to stop; requests under way are finished.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::Context;
use platform::configuration::Configuration;
use platform::periodique::planifier as planifier_le_jour;
use platform::sauvegarde::Verrou;
use platform::worker::Worker;
use tokio::net::TcpListener;
use tokio::sync::watch;
use web::Instance;
use web::application::{Instances, Limites, application};

use crate::instances::hote_de;
use crate::ligne;
use crate::ouverture::Ouverte;

/// Serves on the configured address: one instance for every host or, with `autres`, each at its own.
///
/// # Errors
/// The address is taken, or the network fails.
pub async fn servir(
    configuration: &Configuration,
    ouverte: Ouverte,
    autres: BTreeMap<String, Ouverte>,
) -> anyhow::Result<()> {
    let ecoute = TcpListener::bind(configuration.adresse).await.with_context(|| {
        format!(
            "L’adresse {} est déjà prise, ou interdite. Arrêtez l’autre programme (ss -ltnp le montre), ou changez « adresse ».",
            configuration.adresse
        )
    })?;
    let Ouverte { instance, routes } = ouverte;
    // Held until the end: nobody restores under a service that runs.
    let toutes: Vec<Instance> =
        std::iter::once(&instance).chain(autres.values().map(|autre| &autre.instance)).cloned().collect();
    let _verrous: Vec<Verrou> =
        toutes.iter().map(|instance| Verrou::partage(&instance.dossiers.donnees)).collect::<Result<_, _>>()?;
    let limites = Limites {
        corps_octets: usize::try_from(configuration.limites.fichier_octets)
            .unwrap_or(usize::MAX)
            .saturating_add(64 * 1024),
        requetes_par_minute: NonZeroU32::new(configuration.limites.requetes_par_minute),
        // A demonstration is on one's own computer: its visitors try again and again.
        connexions_par_heure: NonZeroU32::new(configuration.limites.connexions_par_heure)
            .filter(|_| !configuration.demo),
        mandataires: configuration.mandataires.clone(),
        ..Limites::default()
    };
    let instances = if autres.is_empty() {
        Instances::une(instance)
    } else {
        let des_autres = autres.into_iter().map(|(hote, autre)| (hote, autre.instance));
        Instances::par_hote(des_autres.chain([(hote_de(configuration), instance)]).collect())
    };
    let application = application(instances, routes, &limites).into_make_service_with_connect_info::<SocketAddr>();
    for instance in &toutes {
        instance.maison.demarrer(instance).await;
        completer_l_index(instance).await?;
    }
    let (arreter, arret) = watch::channel(false);
    let travail: Vec<_> =
        toutes.into_iter().map(|instance| tokio::spawn(travailler(instance, arret.clone()))).collect();
    tracing::info!(adresse = %configuration.adresse, "le service répond");
    axum::serve(ecoute, application).with_graceful_shutdown(signal()).await.context("Le service s’est arrêté.")?;
    arreter.send(true).context("Le travail de fond s’est déjà arrêté.")?;
    for travail in travail {
        travail.await.context("Le travail de fond s’est arrêté sur une erreur.")?;
    }
    Ok(())
}

/// Absent, damaged or of an older form: before anyone is told that nothing was found.
async fn completer_l_index(instance: &Instance) -> anyhow::Result<()> {
    if instance.index.complet() {
        return Ok(());
    }
    let nombre = web::recherche::reconstruire(instance)
        .await
        .map_err(|erreur| ligne::de_la_maison("L’index de recherche ne se construit pas", &erreur))?;
    tracing::info!(nombre, collectivite = instance.collectivite.code, "index de recherche construit");
    Ok(())
}

async fn travailler(instance: Instance, mut arret: watch::Receiver<bool>) {
    let worker = Worker::nouveau(instance.maison.taches());
    let planification = tokio::spawn(planifier(instance.clone()));
    let fin = async move {
        // An error means that the sender is gone: the service has stopped.
        let _ = arret.wait_for(|fini| *fini).await;
    };
    worker.tourner(&instance.db, &*instance.clock, &instance, fin).await;
    planification.abort();
}

/// Asks for the work of the day, each minute until it was asked for; each hour, looks after the database.
async fn planifier(instance: Instance) {
    let travaux = instance.maison.periodiques();
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    for passees in 0_u64.. {
        minute.tick().await;
        if passees % 60 == 59
            && let Err(erreur) = instance.db.entretenir().await
        {
            tracing::error!(%erreur, "l’entretien de la base n’a pas pu se faire");
        }
        let ici = instance.heure_de(instance.clock.instant());
        if let Err(erreur) = planifier_le_jour(&instance.db, &*instance.clock, &*instance.ids, &travaux, ici).await {
            tracing::error!(%erreur, "les travaux du jour ne se demandent pas");
        }
    }
}

/// Ctrl-C or a polite stop by the system.
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terme) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terme.recv() => {}
            }
        }
        Err(erreur) => {
            tracing::warn!(%erreur, "seul Ctrl-C arrête le service");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
