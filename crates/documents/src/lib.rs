//! Tables read and written: CSV, XLSX, ODS
