"""From a plan to a healed environment: lock, transaction, install.

`plan` says what to do and `routine` does it, on three primitives that know neither findings nor
pytest: `lock` keeps two repairs, or a repair and a probe, apart; `transaction` moves files so that
every step can be taken back (`recovery` takes it back; `journal`, `moves` and `layout` are what
both stand on); `install` unpacks a wheel beside the environment, once `wheel_source` trusts it.
"""
