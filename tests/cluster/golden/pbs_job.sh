#!/usr/bin/env bash

#PBS -N ssbflow
#PBS -q workq
#PBS -A batteries
#PBS -l select=1:ncpus=8:mem=16384mb
#PBS -l walltime=24:00:00
#PBS -e /home/me/.ssbflow/logs/
#PBS -o /home/me/.ssbflow/logs/
#PBS -P cells
#PBS -l place=excl
module load mpich
export SSBFLOW_JOB_ENDS=$(( $(date +%s) + 86400 ))
export SSBFLOW_CORES_PER_CASE=2
export HYDRA_LAUNCHER=fork HYDRA_RMK=user
export SSBFLOW_LMP=/opt/lammps/bin/lmp
/home/me/venv/bin/python -m distributed.cli.dask_worker tls://SCHEDULER:PORT --name ssbflow-0 --nthreads 4 --memory-limit 16.00GiB --nanny --death-timeout 120 --local-directory $TMPDIR --lifetime 84600s --lifetime-stagger 900s --preload ssbflow.flow.worker_end --interface ib0 --protocol tls:// --tls-ca-file /home/me/.ssbflow/KEYS/certificate.pem --tls-cert /home/me/.ssbflow/KEYS/certificate.pem --tls-key /home/me/.ssbflow/KEYS/key.pem
