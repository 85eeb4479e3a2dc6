#!/usr/bin/env bash

#SBATCH -J ssbflow
#SBATCH -e /home/me/.ssbflow/logs/ssbflow-%J.err
#SBATCH -o /home/me/.ssbflow/logs/ssbflow-%J.out
#SBATCH -p compute
#SBATCH -A batteries
#SBATCH -n 1
#SBATCH --cpus-per-task=8
#SBATCH --mem=16384M
#SBATCH -t 24:00:00
#SBATCH --exclusive
module load mpich
export SSBFLOW_JOB_ENDS=$(( $(date +%s) + 86400 ))
export SSBFLOW_CORES_PER_CASE=2
export HYDRA_LAUNCHER=fork HYDRA_RMK=user
export SSBFLOW_LMP=/opt/lammps/bin/lmp
/home/me/venv/bin/python -m distributed.cli.dask_worker tls://SCHEDULER:PORT --name ssbflow-0 --nthreads 4 --memory-limit 16.00GiB --nanny --death-timeout 120 --local-directory $TMPDIR --lifetime 84600s --lifetime-stagger 900s --preload ssbflow.flow.worker_end --interface ib0 --protocol tls:// --tls-ca-file /home/me/.ssbflow/KEYS/certificate.pem --tls-cert /home/me/.ssbflow/KEYS/certificate.pem --tls-key /home/me/.ssbflow/KEYS/key.pem
